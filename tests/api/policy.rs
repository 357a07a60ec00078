//! Who may do what: every role against every mutation, on an organisation it reaches and on another; and
//! every mutation of the schema in the policy's table.

use std::collections::BTreeSet;

use access::Action;
use access::policy::roles_for;
use access::role::Role;
use api::policy::{TABLE, mutations};
use kernel::form::FormCode;
use serde_json::{Value, json};

use crate::story::{code, import, key, save, worked_line};
use crate::support::{Client, Engine, Ward, on_both_engines};

#[test]
fn every_mutation_of_the_schema_stands_in_the_policys_table() {
    let sdl = api::schema::sdl();
    let schema = apollo_compiler::Schema::parse_and_validate(&sdl, "schema.graphql").unwrap();
    let mutation = schema.get_object("Mutation").unwrap();
    let known: BTreeSet<&str> = mutation.fields.keys().map(|name| name.as_str()).collect();
    let table: BTreeSet<&str> = mutations().map(|(name, _)| name).collect();
    assert_eq!(known, table);
    for (name, action) in mutations() {
        let directive = mutation.fields[name].directives.get("requires");
        let Some(action) = action else {
            assert!(directive.is_none(), "{name} is everybody's");
            continue;
        };
        let directive = directive.unwrap_or_else(|| panic!("{name} has no @requires"));
        let said = directive.specified_argument_by_name("action").unwrap().as_enum().unwrap();
        assert_eq!(said.as_str(), action.as_str(), "{name}");
        let roles = directive.specified_argument_by_name("roles").unwrap().as_list().unwrap();
        let roles: Vec<&str> = roles.iter().map(|role| role.as_enum().unwrap().as_str()).collect();
        let expected: Vec<&str> = roles_for(action).into_iter().map(Role::as_str).collect();
        assert_eq!(roles, expected, "{name}");
    }
}

#[test]
fn the_printed_table_is_that_of_the_policy() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/permissions.md")).unwrap();
    assert_eq!(page, api::permissions::permissions(), "run: reform-api permissions > docs/permissions.md");
}

/// A request for a mutation about an organisation. What it says beside that hardly matters: the policy is
/// asked first.
fn request(mutation: &str, organisation: &str) -> Value {
    let slot = json!({ "key": { "organisation": organisation, "form": "DOSSIER_STATISTICS", "period": "2026-Q1" } });
    match mutation {
        "saveDossierStatistics" => {
            json!({ "organisation": organisation, "period": "2026-Q1", "lines": [], "expectedVersion": 99 })
        }
        "saveForm" => {
            json!({ "organisation": organisation, "form": "FEEDBACK", "period": "2026-Q1", "cells": [], "expectedVersion": 99 })
        }
        "copyDossierStatistics" => json!({ "organisation": organisation, "period": "2026-Q1", "expectedVersion": 99 }),
        "submitForm" | "withdrawForm" | "acceptForm" => json!({ "submission": slot, "expectedVersion": 99 }),
        "returnForm" | "reopenForm" => json!({ "submission": slot, "expectedVersion": 99, "reason": "x" }),
        "withdrawProcedureVersion" => {
            json!({ "code": "1.000001", "effectiveFrom": "2025-07-01", "reason": "x", "expectedVersion": 1 })
        }
        "importProcedures" => json!({ "organisation": organisation, "procedures": { "list": [] } }),
        "assignStaffingQuotas" => {
            json!({ "decisionNumber": "1", "decisionDate": "2026-01-02", "effectiveFrom": "2026-01-02", "quotas": [], "dryRun": true })
        }
        "saveStaffingBaseline" => json!({ "lines": [], "dryRun": true }),
        "approveStaffingBaseline" => {
            json!({ "decisionNumber": "1", "decisionDate": "2026-01-02", "expectedVersion": 1, "dryRun": true })
        }
        "recordPerimeterChange" => {
            json!({ "kind": "MOVE_IN", "effectiveOn": "2028-01-01", "decisionNumber": "1", "decisionDate": "2026-01-02", "reason": "x", "lines": [], "dryRun": true })
        }
        "assignLead" => json!({ "subject": "TARGET", "section": "II.1.a.3", "leads": ["VHXH"], "dryRun": true }),
        "proposeProcedureReview" => json!({
            "code": format!("RS-{organisation}"), "procedure": code(1), "organisation": organisation, "year": 2026,
            "proposedOn": "2026-09-01", "content": "x", "formsBefore": 1, "expectedVersion": 99,
        }),
        "withdrawProcedureReview" => json!({ "code": format!("RS-{organisation}"), "expectedVersion": 99 }),
        "decideProcedureReview" => json!({
            "code": format!("RS-{organisation}"), "decision": "REJECT", "reason": "x", "decisionDate": "2026-09-01",
            "expectedVersion": 99,
        }),
        "implementProcedureReview" => {
            json!({ "code": format!("RS-{organisation}"), "implementedOn": "2026-09-01", "expectedVersion": 99 })
        }
        "correctProcedureReview" => json!({
            "code": format!("RS-{organisation}"), "implementedOn": "2026-09-01", "reason": "x", "expectedVersion": 99,
        }),
        "revokeProcedureReviewDecision" => {
            json!({ "code": format!("RS-{organisation}"), "reason": "x", "expectedVersion": 99 })
        }
        "recordPublications" => json!({ "organisation": organisation, "publications": [] }),
        "recordOrganisationChange" => json!({
            "code": "TC-2026-001", "kind": "DISSOLVE", "decisionNumber": "1", "decisionDate": "2026-09-01",
            "effectiveOn": "2026-09-01", "organisations": [organisation], "expectedVersion": 99,
        }),
        "decideOrganisationChange" => {
            json!({ "code": "TC-2026-001", "decision": "REJECT", "reason": "x", "expectedVersion": 99 })
        }
        "saveOrganisationFunctions" => json!({ "organisation": organisation, "functions": [] }),
        "saveDelegation" => json!({
            "code": format!("PC-{organisation}"), "kind": "AUTHORISATION", "from": "AN-BIEN", "to": organisation,
            "subject": "x", "legalBasis": "x", "decisionNumber": "1", "decisionDate": "2026-09-01",
            "effectiveFrom": "2026-09-01", "expectedVersion": 99,
        }),
        "recordDelegationCheck" => json!({
            "delegation": format!("PC-{organisation}"), "checkedOn": "2026-09-01", "finding": "OK",
            "expectedVersion": 99,
        }),
        "classifyPublicServiceUnit" => json!({
            "organisation": organisation, "unitType": "OTHER_SERVICE", "criteria": "x", "proposal": "KEEP",
            "decisionNumber": "1", "decisionDate": "2026-09-01", "effectiveFrom": "2026-09-01", "expectedVersion": 99,
        }),
        "saveBudgetExecution" => {
            json!({ "organisation": organisation, "period": "2026-M03", "lines": [], "expectedVersion": 99 })
        }
        "allocateBudget" => json!({
            "fiscalYear": 2026, "decisionNumber": "1", "decisionDate": "2026-01-02", "events": [], "dryRun": true,
        }),
        "saveInvestmentProject" => json!({
            "code": "DA-1", "organisation": organisation, "name": "x", "group": "C", "decisionNumber": "1",
            "decisionDate": "2026-01-02", "totalInvestment": 1, "startYear": 2026, "finishYear": 2026, "expectedVersion": 99,
        }),
        "assignCapital" => json!({
            "planYear": 2026, "decisionNumber": "1", "decisionDate": "2026-01-02", "events": [], "dryRun": true,
        }),
        "saveInformationSystem" => json!({
            "code": format!("HT-{organisation}"), "organisation": organisation, "name": "x", "level": "WARD", "purpose": "x",
            "usedFrom": "2026-01-01", "expectedVersion": 99,
        }),
        "recordSystemIntegration" => json!({
            "system": format!("HT-{organisation}"), "platform": "LGSP", "direction": "BOTH", "status": "LIVE",
            "since": "2026-03-01", "expectedVersion": 99,
        }),
        "confirmSystemIntegration" => {
            json!({ "system": format!("HT-{organisation}"), "platform": "LGSP", "expectedVersion": 99 })
        }
        "saveTechnologyApplication" => json!({
            "code": format!("UD-{organisation}"), "organisation": organisation, "name": "x", "technology": "AI",
            "sector": "EDUCATION", "status": "PILOT", "since": "2026-03-01", "expectedVersion": 99,
        }),
        "saveIsoAudit" => json!({
            "code": format!("DG-{organisation}"), "organisation": organisation, "kind": "INTERNAL",
            "auditedOn": "2026-05-04", "auditor": "x", "expectedVersion": 99,
        }),
        "saveIsoFinding" => json!({
            "audit": format!("DG-{organisation}"), "number": 1, "severity": "MINOR", "description": "x",
            "dueOn": "2026-06-30", "expectedVersion": 99,
        }),
        "closeIsoFinding" => json!({
            "audit": format!("DG-{organisation}"), "number": 1, "closedOn": "2026-07-01", "expectedVersion": 99,
        }),
        "saveIsoCertificate" => json!({
            "code": format!("CN-{organisation}"), "organisation": organisation, "issuer": "x", "scope": "x",
            "validFrom": "2026-01-01", "validTo": "2028-12-31", "expectedVersion": 99,
        }),
        "saveOnlineDuty" => json!({
            "code": format!("CTT-{organisation}"), "organisation": organisation, "channel": "PORTAL", "channelName": "x",
            "url": "https://anbien.haiphong.gov.vn", "content": "x", "effectiveFrom": "2026-01-01", "expectedVersion": 99,
        }),
        "recordOnlineDutyCheck" => json!({
            "duty": format!("CTT-{organisation}"), "lookedOn": "2026-09-01", "updatedOn": "2026-09-01", "expectedVersion": 99,
        }),
        "recordDisbursements" => json!({ "period": "2026-M01", "rows": [], "dryRun": true }),
        "appraiseSavingsScore" => {
            json!({ "organisation": organisation, "fiscalYear": 2026, "components": [], "expectedVersion": 99 })
        }
        "saveLegalDocuments" => json!({ "documents": [], "dryRun": true }),
        // A document that is nowhere.
        "withdrawLegalDocument" => {
            json!({ "id": "ZG9jdW1lbnQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw", "reason": "x", "expectedVersion": 99 })
        }
        "saveLegalCampaign" => json!({ "period": "2026", "title": "x", "expectedVersion": 99 }),
        "saveLegalReview" => json!({
            "campaign": "2026", "document": { "number": organisation }, "reviewedOn": "2026-09-01", "finding": "NONE",
            "proposal": "KEEP", "content": "x", "expectedVersion": 99,
        }),
        "decideLegalReview" => json!({
            "campaign": "2026", "document": { "number": organisation }, "decision": "CONFIRM", "expectedVersion": 99,
        }),
        "recordLegalReviewOutcome" => json!({
            "campaign": "2026", "document": { "number": organisation }, "outcome": "PENDING", "expectedVersion": 99,
        }),
        "saveLegalConsultation" => json!({
            "organisation": organisation, "code": format!("DT-{organisation}"), "title": "x", "content": "x", "place": "x",
            "openedOn": "2026-09-01", "closesOn": "2026-09-30", "expectedVersion": 99,
        }),
        "recordLegalOpinions" => {
            json!({ "code": format!("DT-{organisation}"), "opinions": [], "expectedVersion": 99 })
        }
        "closeLegalConsultation" => {
            json!({ "code": format!("DT-{organisation}"), "conclusion": "x", "expectedVersion": 99 })
        }
        "recordPublicAsset" => json!({
            "code": format!("TS-{organisation}"), "organisation": organisation, "kind": "LAND", "effectiveOn": "2026-01-02",
            "name": "x", "address": "x", "landArea": 1, "yearOfUse": 2020, "originalCost": 1, "remainingValue": 1,
            "use": "OFFICE", "expectedVersion": 99,
        }),
        "confirmPublicAsset" => json!({ "code": format!("TS-{organisation}"), "expectedVersion": 99 }),
        "transferPublicAsset" => json!({
            "code": format!("TS-{organisation}"), "to": "VP", "effectiveOn": "2026-09-01", "decisionNumber": "1",
            "decisionDate": "2026-09-01", "expectedVersion": 99,
        }),
        "endPublicAsset" => json!({ "code": format!("TS-{organisation}"), "reason": "x", "expectedVersion": 99 }),
        "proposeAssetPlan" => json!({
            "code": format!("PA-{organisation}"), "asset": format!("TS-{organisation}"), "way": "KEEP",
            "proposedOn": "2026-09-01", "content": "x", "expectedVersion": 99,
        }),
        "proposeAssetScheme" => json!({
            "code": format!("DA-{organisation}"), "asset": format!("TS-{organisation}"), "purpose": "LEASE",
            "periodFrom": "2026-09-01", "periodTo": "2026-12-31", "expectedRevenue": 1, "proposedOn": "2026-09-01",
            "content": "x", "expectedVersion": 99,
        }),
        "decideAssetPlan" => json!({
            "code": format!("PA-{organisation}"), "decision": "REJECT", "reason": "x", "decisionDate": "2026-09-01",
            "expectedVersion": 99,
        }),
        "completeAssetPlan" => {
            json!({ "code": format!("PA-{organisation}"), "doneOn": "2026-09-01", "expectedVersion": 99 })
        }
        "saveDataset" => {
            let mut input = crate::dataset::open(&format!("DL-{organisation}"));
            (input["organisation"], input["expectedVersion"]) = (json!(organisation), json!(99));
            input
        }
        "submitDataset" => json!({ "identifier": format!("DL-{organisation}"), "expectedVersion": 99 }),
        "decideDataset" => {
            json!({ "identifier": format!("DL-{organisation}"), "decision": "RETURN", "reason": "x", "expectedVersion": 99 })
        }
        "withdrawDataset" => {
            json!({ "identifier": format!("DL-{organisation}"), "reason": "x", "expectedVersion": 99 })
        }
        "recordDatasetUpdate" => {
            json!({ "identifier": format!("DL-{organisation}"), "modified": "2026-09-01", "expectedVersion": 99 })
        }
        "recordOpenDataReview" => json!({ "reviewedOn": "2026-09-01", "dryRun": true }),
        "settleBudgetYear" => {
            json!({ "fiscalYear": 2026, "decisionNumber": "1", "decisionDate": "2026-01-02", "dryRun": true })
        }
        "proposeAutonomyClassification" => json!({
            "organisation": organisation, "fromYear": 2026, "recurrentRevenue": 1, "recurrentExpenditure": 2,
            "group": "GROUP_3", "expectedVersion": 99,
        }),
        "appraiseAutonomyClassification" => json!({
            "organisation": organisation, "fromYear": 2026, "decision": "RETURN", "opinion": "x", "expectedVersion": 99,
        }),
        "decideAutonomyClassification" => json!({
            "organisation": organisation, "fromYear": 2026, "decision": "RETURN", "reason": "x", "expectedVersion": 99,
        }),
        "saveReformBudgetLine" => json!({
            "code": format!("KP-{organisation}"), "organisation": organisation, "fiscalYear": 2026, "task": "IV",
            "content": "x", "estimatedAmount": 1, "expectedVersion": 99,
        }),
        "submitReformBudgetLine" => json!({ "code": format!("KP-{organisation}"), "expectedVersion": 99 }),
        "appraiseReformBudgetForFinance" | "appraiseReformBudgetForStandingBody" => json!({
            "code": format!("KP-{organisation}"), "decision": "RETURN", "opinion": "x", "expectedVersion": 99,
        }),
        "decideReformBudgetLine" => json!({
            "code": format!("KP-{organisation}"), "decision": "REJECT", "reason": "x", "expectedVersion": 99,
        }),
        "supplementReformBudgetLine" => json!({
            "code": format!("KP-{organisation}"), "kind": "SUPPLEMENT", "amount": 1, "decisionNumber": "1",
            "decisionDate": "2026-01-02", "expectedVersion": 99,
        }),
        "recordReformSpending" => json!({
            "code": format!("KP-{organisation}"), "period": "2026-M01", "spent": 1, "expectedVersion": 99,
        }),
        other => panic!("say how {other} is asked for"),
    }
}

async fn refused(client: &Client, mutation: &str, organisation: &str) -> bool {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document =
        format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
    let answer = client.ask(&document, json!({ "input": request(mutation, organisation) })).await;
    let code = answer.body.pointer("/errors/0/extensions/code").and_then(Value::as_str).unwrap_or("DONE");
    assert!(
        matches!(code, "FORBIDDEN" | "NOT_FOUND" | "CONFLICT" | "DONE"),
        "{mutation} {organisation}: {}",
        answer.body
    );
    code == "FORBIDDEN"
}

/// Whether the table lets a role, held where the harness gives it, do something about an organisation.
fn expected(role: Role, held_on: &str, action: Action, organisation: &str) -> bool {
    use access::policy::Relation;
    let within = matches!(held_on, "AN-BIEN" | "HAI-PHONG") || held_on == organisation;
    TABLE.write_rules().any(|rule| {
        rule.role == role
            && rule.action == action
            && rule.forms.includes(Some(FormCode::DossierStatistics))
            && match rule.relation {
                Relation::Own => held_on == organisation,
                Relation::Within => within,
                Relation::WithinExceptStandingBody => within && organisation != "VHXH",
                Relation::StandingBodyWithin => within && organisation == "VHXH",
                Relation::WithinExceptOwnUnit => within,
            }
    })
}

on_both_engines! {
    async fn every_role_is_refused_or_let_through_as_the_table_says(ward: Ward) {
        import(&ward, 1).await;
        let people: [(&str, Role, &str); 11] = [
            ("chair", Role::Chair, "AN-BIEN"),
            ("standing", Role::StandingBody, "AN-BIEN"),
            ("finance", Role::FinanceDept, "AN-BIEN"),
            ("onestop", Role::OneStop, "AN-BIEN"),
            ("psc", Role::PublicServiceCentre, "TTSNC"),
            ("ttpvhcc.head", Role::UnitHead, "TTPVHCC"),
            ("ttpvhcc.officer", Role::UnitOfficer, "TTPVHCC"),
            ("mttq", Role::Oversight, "AN-BIEN"),
            ("city", Role::UpperLevel, "HAI-PHONG"),
            ("analytics", Role::Analytics, "AN-BIEN"),
            ("admin", Role::Admin, "AN-BIEN"),
        ];
        let roles: BTreeSet<&str> = people.iter().map(|(_, role, _)| role.as_str()).collect();
        assert_eq!(roles.len(), Role::ALL.len(), "a role is missing from this test");
        // Of each organisation a review, a delegation, a consultation, a document, a line of the reform's budget and an asset,
        // so that there is something to decide about.
        for organisation in ["TTPVHCC", "KTHTDT", "VHXH"] {
            let mut input = request("proposeProcedureReview", organisation);
            input["expectedVersion"] = json!(0);
            let propose = "mutation($input: ProposeProcedureReviewInput!) { proposeProcedureReview(input: $input) { userErrors { code } } }";
            let answer = ward.one_stop().await.ask(propose, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("proposeProcedureReview"), Vec::<Value>::new());
            let mut input = request("saveDelegation", organisation);
            input["expectedVersion"] = json!(0);
            let save = "mutation($input: SaveDelegationInput!) { saveDelegation(input: $input) { userErrors { code } } }";
            let answer = ward.standing_body().await.ask(save, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("saveDelegation"), Vec::<Value>::new());
            let mut input = request("saveLegalConsultation", organisation);
            input["expectedVersion"] = json!(0);
            let save = "mutation($input: SaveLegalConsultationInput!) { saveLegalConsultation(input: $input) { userErrors { code } } }";
            let answer = ward.officer(organisation).await.ask(save, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("saveLegalConsultation"), Vec::<Value>::new());
            let document = json!({
                "number": organisation, "kind": "PLAN", "normative": false, "issuerLevel": "WARD", "issuer": "x", "field": "OTHER", "title": "x",
                "issuedOn": "2026-01-02", "effectiveOn": "2026-01-02", "mustReview": true, "organisation": organisation,
            });
            let save = "mutation($input: SaveLegalDocumentsInput!) { saveLegalDocuments(input: $input) { userErrors { code } } }";
            let answer = ward.officer("VP").await.ask(save, json!({ "input": { "documents": [document] } })).await.ok();
            assert_eq!(answer.user_errors("saveLegalDocuments"), Vec::<Value>::new());
            let mut input = request("saveReformBudgetLine", organisation);
            input["expectedVersion"] = json!(0);
            let save = "mutation($input: SaveReformBudgetLineInput!) { saveReformBudgetLine(input: $input) { userErrors { code } } }";
            let answer = ward.head(organisation).await.ask(save, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("saveReformBudgetLine"), Vec::<Value>::new());
            // A system, an audit and a duty of each, so that there is something to record about.
            for mutation in ["saveInformationSystem", "saveIsoAudit", "saveOnlineDuty"] {
                let mut input = request(mutation, organisation);
                input["expectedVersion"] = json!(0);
                let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
                let save = format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
                let answer = ward.standing_body().await.ask(&save, json!({ "input": input })).await.ok();
                assert_eq!(answer.user_errors(mutation), Vec::<Value>::new());
            }
            for (client, name, version) in [
                (ward.officer(organisation).await, "recordPublicAsset", 0),
                (ward.head(organisation).await, "confirmPublicAsset", 1),
                (ward.finance().await, "proposeAssetPlan", 0),
            ] {
                let mut input = request(name, organisation);
                input["expectedVersion"] = json!(version);
                let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
                let document = format!("mutation($input: {input_type}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
                let answer = client.ask(&document, json!({ "input": input })).await.ok();
                assert_eq!(answer.user_errors(name), Vec::<Value>::new(), "{}", answer.body);
            }
            let mut input = request("saveDataset", organisation);
            input["expectedVersion"] = json!(0);
            let save = "mutation($input: SaveDatasetInput!) { saveDataset(input: $input) { userErrors { code } } }";
            let answer = ward.officer(organisation).await.ask(save, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("saveDataset"), Vec::<Value>::new());
        }
        let open = "mutation { saveLegalCampaign(input: { period: \"2026\", title: \"x\" }) { userErrors { code } } }";
        let answer = ward.officer("VP").await.ask(open, json!({})).await.ok();
        assert_eq!(answer.user_errors("saveLegalCampaign"), Vec::<Value>::new());
        for (username, role, held_on) in people {
            let client = ward.person(username).await;
            for (mutation, action) in mutations() {
                let Some(action) = action else { continue };
                for organisation in ["TTPVHCC", "KTHTDT", "VHXH"] {
                    // Leads are assigned and organisations changed for the programme as a whole, at its top.
                    let whole = ["assignLead", "recordOrganisationChange", "decideOrganisationChange"];
                    let about = match action {
                        _ if whole.contains(&mutation) => "AN-BIEN",
                        // The unit that keeps the register of legal documents.
                        Action::KeepLegalDocuments => "VP",
                        // Datasets are published by the unit that leads the task: VHXH in the plan of An Biên.
                        Action::DecideDataset => "VHXH",
                        _ => organisation,
                    };
                    let allowed = expected(role, held_on, action, about);
                    let refused = refused(&client, mutation, organisation).await;
                    assert_eq!(refused, !allowed, "{role} {mutation} {organisation}");
                }
            }
        }
        for (mutation, action) in mutations() {
            if action.is_some() {
                let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
                let document = format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}");
                let answer = ward.stranger().ask(&document, json!({ "input": request(mutation, "TTPVHCC") })).await;
                assert_eq!(answer.code(), "UNAUTHENTICATED", "{mutation}");
            }
        }
    }

    async fn whoever_wrote_in_a_form_never_accepts_it(ward: Ward) {
        import(&ward, 1).await;
        let app = ward.app();
        // The one-stop centre's officer is made a member of the standing body too.
        let from = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = base::account::service::accounts::GrantOn { programme: None, organisation: "AN-BIEN", from, to: None };
        base::account::service::accounts::grant(app, "ttpvhcc.officer", Role::StandingBody, &on).await.unwrap();
        let version = save(&ward, "2026-Q1", &[worked_line()], 0).await;
        crate::story::take(&ward.head("TTPVHCC").await, "submitForm", "2026-Q1", version, json!({})).await.ok();
        let officer = ward.officer("TTPVHCC").await;
        let own = crate::story::take(&officer, "acceptForm", "2026-Q1", version + 1, json!({})).await;
        assert_eq!(own.code(), "FORBIDDEN");
        let seen = officer.ask("query($by: SubmissionReference!) { submission(by: $by) { allowedActions { action reason } } }", json!({ "by": key("2026-Q1") })).await.ok();
        let accept = seen.data("/submission/allowedActions").as_array().unwrap().iter().find(|one| one["action"] == "ACCEPT_FORM").unwrap().clone();
        assert_eq!(accept["reason"], "You wrote in this record yourself; somebody else must accept this form.");
    }

    async fn an_administrator_asks_who_may_do_what(ward: Ward) {
        let who = "query($action: Action!, $organisation: String!) { whoMay(action: $action, organisation: $organisation) { username role organisation { code } } }";
        let admin = ward.admin().await;
        let names = async |action: &str, organisation: &str| -> Vec<String> {
            let answer = admin.ask(who, json!({ "action": action, "organisation": organisation })).await.ok();
            answer.data("/whoMay").as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names("ACCEPT_FORM", "TTPVHCC").await, ["standing"]);
        assert_eq!(names("ACCEPT_FORM", "VHXH").await, ["chair"]);
        assert_eq!(names("SUBMIT_FORM", "TTPVHCC").await, ["ttpvhcc.head"]);
        let of_budget = "{ whoMay(action: ACCEPT_FORM, organisation: \"TTPVHCC\", form: BUDGET_EXECUTION) { username } }";
        let of_budget = admin.ask(of_budget, json!({})).await.ok();
        assert_eq!(of_budget.data("/whoMay"), &json!([{ "username": "chair" }, { "username": "finance" }]));
        let refused = ward.chair().await.ask(who, json!({ "action": "ACCEPT_FORM", "organisation": "TTPVHCC" })).await;
        assert_eq!(refused.code(), "FORBIDDEN");
    }

    async fn a_revoked_grant_ends_within_seconds(ward: Ward) {
        import(&ward, 1).await;
        let officer = ward.officer("TTPVHCC").await;
        save(&ward, "2026-Q1", &[worked_line()], 0).await;
        base::account::service::accounts::revoke(ward.app(), "ttpvhcc.officer", Role::UnitOfficer, None, "TTPVHCC").await.unwrap();
        ward.app().callers.invalidate_all();
        let input = crate::story::form("2026-Q1", &[worked_line()], 1);
        // Without any grant there is no organisation that he may know of.
        assert_eq!(officer.ask(crate::story::SAVE, json!({ "input": input })).await.code(), "NOT_FOUND");
    }

    async fn who_leads_is_assigned_and_the_history_stays(ward: Ward) {
        let assign = "mutation($input: AssignLeadInput!) { assignLead(input: $input) { leads { role organisation { code } statedInPlan effectiveFrom } userErrors { code field } } }";
        let input = json!({ "subject": "TARGET", "section": "II.1.a.3", "leads": ["VP"], "coordinating": ["VHXH"], "reason": "QĐ 12/QĐ-UBND" });
        let answer = ward.chair().await.ask(assign, json!({ "input": input })).await.ok();
        let expected = json!([
            { "role": "LEAD", "organisation": { "code": "VP" }, "statedInPlan": false, "effectiveFrom": "2026-09-20" },
            { "role": "COORDINATING", "organisation": { "code": "VHXH" }, "statedInPlan": false, "effectiveFrom": "2026-09-20" },
        ]);
        assert_eq!(answer.data("/assignLead/leads"), &expected);
        let wrong = json!({ "subject": "TASK", "section": "IX", "leads": ["NOBODY", "VP", "VP"] });
        let answer = ward.chair().await.ask(assign, json!({ "input": wrong })).await.ok();
        let codes: Vec<Value> = answer.user_errors("assignLead").iter().map(|one| one["code"].clone()).collect();
        assert_eq!(json!(codes), json!(["UNKNOWN_CODE", "UNKNOWN_CODE", "DUPLICATE"]));
        // Loading the reference data again does not undo it.
        let reference = api::reference::Reference::an_bien().unwrap();
        let loaded = api::reference::load(ward.app(), &reference).await.unwrap();
        assert_eq!((loaded.created, loaded.changed), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_programme_is_out_of_sight() {
    let ward = Ward::start(Engine::Sqlite).await;
    let officer = ward.officer("TTPVHCC").await;
    let programmes = officer
        .ask("{ programmes { nodes { code } } me { username grants { role organisation { code } } } }", json!({}))
        .await
        .ok();
    assert_eq!(programmes.data("/programmes/nodes"), &json!([{ "code": "AN-BIEN-2026-2030" }]));
    assert_eq!(
        programmes.data("/me/grants"),
        &json!([{ "role": "UNIT_OFFICER", "organisation": { "code": "TTPVHCC" } }])
    );
}
