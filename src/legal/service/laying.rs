//! The register as it is to be: given documents laid over those that are stored, with every fault of every row.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use chrono::NaiveDate;
use entity::legal::{legal_consultation, legal_document, legal_relation};
use entity::organisation::{organisation, programme};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{LIST, not_one};
use crate::rules;
use crate::rules::{DocumentInput, Side, at_row};
use crate::store;
use crate::store::{NewDocument, Stated};
use crate::validity;
use crate::validity::{Dated, Link, Validity};
use crate::{LegalIssuerLevel, LegalRelationKind};
use access::Viewer;
use base::organisation::store as organisations;
use kernel::error::ApiResult;
use kernel::faults::shown;
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};
use kit::app::App;

/// The register as it is stored.
pub(super) struct Register {
    /// The documents, by identifier.
    pub(super) documents: HashMap<Uuid, legal_document::Model>,
    /// What they do to each other.
    pub(super) relations: Vec<legal_relation::Model>,
}

impl Register {
    /// Reads it, in two statements.
    pub(super) async fn load(tx: &DatabaseTransaction, programme_id: Uuid) -> ApiResult<Register> {
        let (documents, relations) = (store::all(tx, programme_id).await?, store::relations(tx, programme_id).await?);
        Ok(Register { documents, relations })
    }
}

/// The register as it is to be.
pub(super) struct Laid<'a> {
    /// The given documents.
    pub(super) new: Vec<NewDocument<'a>>,
    /// All documents.
    pub(super) dated: Vec<Dated>,
    /// What they do to each other.
    pub(super) links: Vec<Link>,
    /// What the given documents do, and whether each states its day.
    pub(super) relations: Vec<Stated>,
    /// The tasks of the plan that the given documents serve.
    pub(super) tasks: Vec<(Uuid, String)>,
}

/// What a row says of a document, for the rules of relations.
#[derive(Clone, Copy)]
struct Known<'a> {
    id: Uuid,
    side: Side<'a>,
}

impl<'a> Laid<'a> {
    /// Lays given documents over the register: every fault of every row at once.
    pub(super) async fn of(
        app: &App,
        tx: &DatabaseTransaction,
        programme: &programme::Model,
        register: &'a Register,
        given: &'a [DocumentInput],
    ) -> ApiResult<Result<Laid<'a>, Vec<UserError>>> {
        let today = app.clock.today();
        let codes = |codes: Vec<&str>| -> Vec<String> {
            let codes: HashSet<&str> = codes.into_iter().collect();
            codes.into_iter().map(str::to_owned).collect()
        };
        let units = codes(given.iter().map(|one| one.organisation.trim()).collect());
        let units: HashMap<String, organisation::Model> = organisations::by_codes_in(tx, programme.id, &units)
            .await?
            .into_iter()
            .map(|row| (row.code.clone(), row))
            .collect();
        let drafts = codes(given.iter().filter_map(|one| one.draft.as_deref()).map(str::trim).collect());
        let drafts = store::consultations::by_codes(tx, &Viewer::server(), programme.id, &drafts).await?;
        let sections = store::task_sections(tx, programme.id).await?;
        let mut faults = Vec::new();
        let mut new = Vec::with_capacity(given.len());
        let mut tasks = Vec::new();
        for (index, one) in given.iter().enumerate() {
            let mut found = rules::check_document(one, today);
            found.extend(rules::check_tasks(&one.tasks, &sections));
            let unit = unit_of(&units, one, today);
            let draft = draft_of(&drafts, one);
            let id = one.id.unwrap_or_else(|| app.clock.new_id());
            if let (Ok(unit), Ok(draft)) = (&unit, &draft) {
                new.push(NewDocument {
                    id,
                    given: one,
                    organisation_id: unit.id,
                    consultation_id: draft.map(|row| row.id),
                    validity: Validity::default(),
                });
                tasks.extend(one.tasks.iter().map(|section| (id, section.trim().to_owned())));
            }
            found.extend([unit.err(), draft.err()].into_iter().flatten().map(|fault| *fault));
            faults.extend(found.into_iter().map(|fault| at_row(LIST, index, fault)));
        }
        // Relations are looked up among the documents as they are to be: what is wrong with these comes first.
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let known = known(register, &new, &mut faults)?;
        let (relations, links) = relations(register, &new, &known, &mut faults)?;
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let given: HashSet<Uuid> = new.iter().map(|one| one.id).collect();
        let kept = register.documents.values().filter(|row| !given.contains(&row.id)).map(store::dated_of);
        let entered = new.iter().map(|one| Dated {
            id: one.id,
            order: (one.given.issued_on, one.given.number.trim().to_owned()),
            expires_on: one.given.expires_on,
        });
        let dated = kept.chain(entered).collect();
        Ok(Ok(Laid { new, dated, links, relations, tasks }))
    }
}

fn unit_of<'a>(
    units: &'a HashMap<String, organisation::Model>,
    given: &DocumentInput,
    today: NaiveDate,
) -> Result<&'a organisation::Model, Box<UserError>> {
    let code = given.organisation.trim();
    let fault =
        |user, key| Box::new(UserError::new(user, &["organisation"], Message::new(key).with("code", shown(code))));
    let unit = units.get(code).ok_or_else(|| fault(UserErrorCode::UnknownCode, "legal-unknown-organisation"))?;
    // One that has ended can review nothing any more; what it answered for before stays as it is recorded.
    if given.id.is_none() && unit.effective_to.is_some_and(|last| last < today) {
        return Err(fault(UserErrorCode::NotInForce, "legal-organisation-ended"));
    }
    Ok(unit)
}

fn draft_of<'a>(
    drafts: &'a HashMap<String, legal_consultation::Model>,
    given: &DocumentInput,
) -> Result<Option<&'a legal_consultation::Model>, Box<UserError>> {
    let Some(code) = given.draft.as_deref().map(str::trim) else { return Ok(None) };
    let fault = |user, key| Box::new(UserError::new(user, &["draft"], Message::new(key).with("code", shown(code))));
    let draft = drafts.get(code).ok_or_else(|| fault(UserErrorCode::UnknownCode, "legal-unknown-draft"))?;
    match draft.closed_on {
        None => Err(fault(UserErrorCode::WrongState, "legal-draft-not-closed")),
        Some(_) => Ok(Some(draft)),
    }
}

/// Every document as it is to be, by number; a name that two have is a fault.
fn known<'a>(
    register: &'a Register,
    new: &[NewDocument<'a>],
    faults: &mut Vec<UserError>,
) -> ApiResult<HashMap<&'a str, Vec<Known<'a>>>> {
    let given: HashSet<Uuid> = new.iter().map(|one| one.id).collect();
    let mut known: HashMap<&str, Vec<Known<'a>>> = HashMap::new();
    for row in register.documents.values().filter(|row| !given.contains(&row.id)) {
        let level = LegalIssuerLevel::from_str(&row.issuer_level)?;
        let side = Side { number: &row.number, level, issued_on: row.issued_on, effective_on: row.effective_on };
        known.entry(&row.number).or_default().push(Known { id: row.id, side });
    }
    for (index, one) in new.iter().enumerate() {
        let given: &'a DocumentInput = one.given;
        let number = given.number.trim();
        let side =
            Side { number, level: given.issuer_level, issued_on: given.issued_on, effective_on: given.effective_on };
        let alike = known.entry(number).or_default();
        if alike.iter().any(|other| (other.side.issued_on, other.side.level) == (side.issued_on, side.level)) {
            let message = Message::new("legal-entered-already")
                .with("number", shown(number))
                .with("issued", side.issued_on.to_string());
            faults.push(at_row(LIST, index, UserError::new(UserErrorCode::Duplicate, &["number"], message)));
        }
        alike.push(Known { id: one.id, side });
    }
    Ok(known)
}

/// What the given documents do to others, and all links of the register as it is to be.
fn relations(
    register: &Register,
    new: &[NewDocument<'_>],
    known: &HashMap<&str, Vec<Known<'_>>>,
    faults: &mut Vec<UserError>,
) -> ApiResult<(Vec<Stated>, Vec<Link>)> {
    let by_id: HashMap<Uuid, Side<'_>> = known.values().flatten().map(|one| (one.id, one.side)).collect();
    let row_of: HashMap<Uuid, usize> = new.iter().enumerate().map(|(index, one)| (one.id, index)).collect();
    let mut relations = Vec::new();
    for (index, one) in new.iter().enumerate() {
        let Some(actor) = by_id.get(&one.id) else { continue };
        let mut seen: Vec<(Uuid, LegalRelationKind)> = Vec::new();
        for (place, relation) in one.given.relations.iter().enumerate() {
            let mut fault = |mut fault: UserError| {
                fault.field.splice(0..0, ["relations".to_owned(), place.to_string()]);
                faults.push(at_row(LIST, index, fault));
            };
            let wanted = &relation.document;
            let fits = |other: &&Known<'_>| {
                wanted.issued_on.is_none_or(|day| day == other.side.issued_on)
                    && wanted.issuer_level.is_none_or(|level| level == other.side.level)
            };
            let found: Vec<&Known<'_>> = known.get(wanted.number.trim()).into_iter().flatten().filter(fits).collect();
            let [target] = found.as_slice() else {
                fault(not_one(&["document"], &wanted.number, found.len() > 1));
                continue;
            };
            if target.id == one.id {
                let message = Message::new("legal-acts-on-itself").with("number", actor.number);
                fault(UserError::new(UserErrorCode::Malformed, &["document"], message));
                continue;
            }
            if seen.iter().any(|(id, kind)| *id == target.id && rules::repeats(*kind, relation.kind)) {
                let message = Message::new("legal-acts-twice").with("number", target.side.number);
                fault(UserError::new(UserErrorCode::Duplicate, &["document"], message));
            }
            seen.push((target.id, relation.kind));
            let on = relation.effective_on.unwrap_or(actor.effective_on);
            for found in rules::check_relation(actor, &target.side, relation.kind, on) {
                fault(found);
            }
            let link = Link { actor: one.id, target: target.id, kind: relation.kind, on };
            relations.push((link, relation.effective_on.is_some()));
        }
    }
    // What others do to a document whose days are changed must still fit it.
    let mut links: Vec<Link> = relations.iter().map(|(link, _)| *link).collect();
    for stored in register.relations.iter().filter(|stored| !row_of.contains_key(&stored.actor_id)) {
        let link = store::link_of(stored)?;
        let (Some(actor), Some(target)) = (by_id.get(&link.actor), by_id.get(&link.target)) else { continue };
        links.push(link);
        let Some(index) = row_of.get(&link.target) else { continue };
        for mut fault in rules::check_relation(actor, target, link.kind, link.on) {
            // Told where the caller can mend it: in what he says of the target.
            let field = if fault.field == ["kind"] { "issuerLevel" } else { "issuedOn" };
            fault.field = vec![field.to_owned()];
            faults.push(at_row(LIST, *index, fault));
        }
    }
    let circular = validity::on_cycles(&links);
    for (index, one) in new.iter().enumerate().filter(|(_, one)| circular.contains(&one.id)) {
        let message = Message::new("legal-cycle").with("number", shown(one.given.number.trim()));
        faults.push(at_row(LIST, index, UserError::new(UserErrorCode::Malformed, &["relations"], message)));
    }
    Ok((relations, links))
}
