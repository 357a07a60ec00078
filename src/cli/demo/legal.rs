//! Invented legal documents of the ward, with a campaign of their review and a draft on which people were consulted.

use chrono::NaiveDate;

use super::forms::INVENTED;
use super::{People, done};
use ::legal::rules::consultations::{ConsultationInput, OpinionInput};
use ::legal::rules::reviews::{LegalReviewDecision, OutcomeInput, ReviewInput};
use ::legal::rules::{DocumentInput, DocumentKey, RelationInput};
use ::legal::service as register;
use ::legal::service::{consultations, reviews};
use ::legal::{
    LegalDocumentKind, LegalField, LegalFinding, LegalIssuerLevel, LegalOutcome, LegalProposal, LegalRelationKind,
    OpinionResponse, OpinionSource,
};
use kernel::error::{ApiError, ApiResult};
use kit::app::App;

fn day(text: &str) -> ApiResult<NaiveDate> {
    text.parse().map_err(|_| ApiError::internal("no such day"))
}

fn key(number: &str) -> DocumentKey {
    DocumentKey { number: number.to_owned(), issued_on: None, issuer_level: None }
}

/// A decision of the ward that must be reviewed.
fn decision(number: &str, unit: &str, title: &str, (issued, effective): (&str, &str)) -> ApiResult<DocumentInput> {
    Ok(DocumentInput {
        id: None,
        expected_version: None,
        number: number.to_owned(),
        kind: LegalDocumentKind::Decision,
        normative: true,
        issuer_level: LegalIssuerLevel::Ward,
        issuer: "UBND phường An Biên".to_owned(),
        field: LegalField::Land,
        title: format!("{title} {INVENTED}"),
        issued_on: day(issued)?,
        effective_on: day(effective)?,
        expires_on: None,
        must_review: true,
        organisation: unit.to_owned(),
        draft: None,
        tasks: vec!["II.1.b.3".to_owned()],
        relations: Vec::new(),
    })
}

fn acts(kind: LegalRelationKind, number: &str) -> Vec<RelationInput> {
    vec![RelationInput { kind, document: key(number), effective_on: None }]
}

/// Six documents, of which one replaced another; four of the ward's are to be reviewed, and three were.
pub async fn keep(app: &App, people: &People) -> ApiResult<()> {
    if app.clock.today() < day("2026-09-10")? {
        return Ok(());
    }
    consult(app, people).await?;
    let wanted =
        register::SaveRequest { programme: None, documents: documents()?, idempotency_key: None, dry_run: false };
    done(register::save(app, people.of("vp.officer")?, wanted).await?)?;
    let campaign = reviews::CampaignRequest {
        programme: None,
        period: "2026".to_owned(),
        title: "Rà soát văn bản năm 2026".to_owned(),
        closed_on: None,
        expected_version: None,
        dry_run: false,
    };
    done(reviews::save_campaign(app, people.of("vp.officer")?, campaign).await?)?;
    let city = Some(LegalIssuerLevel::City);
    let ward = Some(LegalIssuerLevel::Ward);
    let found = [
        ("KTHTDT", "MH-05/2025/QĐ-UBND", "2026-04-20", LegalFinding::Unsuitable, LegalProposal::Replace, ward),
        ("VHXH", "MH-07/2025/KH-UBND", "2026-05-11", LegalFinding::None, LegalProposal::Keep, None),
        ("KTHTDT", "MH-31/2025/QĐ-UBND", "2026-08-18", LegalFinding::Overlapping, LegalProposal::Amend, city),
    ];
    for (unit, number, reviewed_on, finding, proposal, addressee) in found {
        let key = reviews::ReviewKey { programme: None, campaign: "2026".to_owned(), document: key(number) };
        let review =
            ReviewInput { reviewed_on: day(reviewed_on)?, finding, proposal, addressee, content: INVENTED.to_owned() };
        let wanted = reviews::ReviewRequest {
            key: key.clone(),
            review,
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        let row = done(reviews::save(app, people.officer(unit)?, wanted).await?)?;
        let decide = reviews::Step::Decide { decision: LegalReviewDecision::Confirm, reason: None };
        let row = done(reviews::take_step(app, people.head(unit)?, taking(key.clone(), decide, row.version)).await?)?;
        if proposal == LegalProposal::Replace {
            let outcome = reviews::Step::Outcome(OutcomeInput {
                outcome: LegalOutcome::Done,
                on: Some(day("2026-07-15")?),
                document: Some(self::key("MH-09/2026/QĐ-UBND")),
                reason: None,
            });
            done(reviews::take_step(app, people.head(unit)?, taking(key, outcome, row.version)).await?)?;
        }
    }
    Ok(())
}

fn taking(key: reviews::ReviewKey, step: reviews::Step, expected_version: i32) -> reviews::StepRequest {
    reviews::StepRequest { key, step, expected_version, idempotency_key: None, dry_run: false }
}

fn documents() -> ApiResult<Vec<DocumentInput>> {
    let central = DocumentInput {
        kind: LegalDocumentKind::Decree,
        issuer_level: LegalIssuerLevel::Central,
        issuer: "Chính phủ".to_owned(),
        must_review: false,
        ..decision("MH-88/2024/NĐ-CP", "VP", "Bồi thường, hỗ trợ, tái định cư.", ("2024-07-15", "2024-08-01"))?
    };
    let city = DocumentInput {
        issuer_level: LegalIssuerLevel::City,
        issuer: "UBND thành phố Hải Phòng".to_owned(),
        relations: acts(LegalRelationKind::Guides, "MH-88/2024/NĐ-CP"),
        ..decision("MH-31/2025/QĐ-UBND", "KTHTDT", "Quy định chi tiết về bồi thường.", ("2025-07-10", "2025-07-20"))?
    };
    let old = DocumentInput {
        relations: acts(LegalRelationKind::Guides, "MH-31/2025/QĐ-UBND"),
        ..decision("MH-05/2025/QĐ-UBND", "KTHTDT", "Quy chế phối hợp quản lý đất đai.", ("2025-08-05", "2025-08-15"))?
    };
    let new = DocumentInput {
        relations: acts(LegalRelationKind::Replaces, "MH-05/2025/QĐ-UBND"),
        ..decision("MH-09/2026/QĐ-UBND", "KTHTDT", "Quy chế phối hợp quản lý đất đai.", ("2026-07-06", "2026-07-15"))?
    };
    let plan = DocumentInput {
        kind: LegalDocumentKind::Plan,
        normative: false,
        field: LegalField::HomeAffairs,
        tasks: vec!["II.1.b.2".to_owned()],
        ..decision("MH-07/2025/KH-UBND", "VHXH", "Kế hoạch tiếp công dân.", ("2025-09-01", "2025-09-01"))?
    };
    let pending = DocumentInput {
        field: LegalField::Construction,
        ..decision("MH-03/2026/QĐ-UBND", "KTHTDT", "Quản lý trật tự xây dựng.", ("2026-03-02", "2026-03-12"))?
    };
    Ok(vec![central, city, old, new, plan, pending])
}

/// A draft of rules on the order of building: answered, and closed on the day on which the demo is filled.
async fn consult(app: &App, people: &People) -> ApiResult<()> {
    let consultation = ConsultationInput {
        code: "DT-2026-001".to_owned(),
        title: format!("Quy chế quản lý trật tự xây dựng {INVENTED}"),
        content: "Góp ý toàn văn dự thảo.".to_owned(),
        place: "Cổng thông tin điện tử phường; nhà văn hóa các tổ dân phố".to_owned(),
        opened_on: day("2026-08-03")?,
        closes_on: day("2026-09-02")?,
        tasks: vec!["II.1.b.3".to_owned(), "III.2.3".to_owned()],
    };
    let wanted = consultations::SaveRequest {
        programme: None,
        organisation: "KTHTDT".to_owned(),
        consultation,
        expected_version: None,
        idempotency_key: None,
        dry_run: false,
    };
    let row = done(consultations::save(app, people.officer("KTHTDT")?, wanted).await?)?;
    let opinion = |source, count, summary: &str, response, explanation: Option<&str>| OpinionInput {
        source,
        count,
        summary: summary.to_owned(),
        response: Some(response),
        explanation: explanation.map(str::to_owned),
    };
    let opinions = vec![
        opinion(OpinionSource::Resident, 14, "Niêm yết tại tổ dân phố.", OpinionResponse::Accepted, None),
        opinion(
            OpinionSource::FrontOrganisation,
            3,
            "Mời Mặt trận giám sát.",
            OpinionResponse::PartlyAccepted,
            Some("Mời giám sát ở bước công khai phương án."),
        ),
    ];
    let mut step = consultations::StepRequest {
        programme: None,
        code: row.code.clone(),
        step: consultations::Step::Opinions(opinions),
        expected_version: row.version,
        idempotency_key: None,
        dry_run: false,
    };
    let row = done(consultations::take_step(app, people.officer("KTHTDT")?, step.clone()).await?)?;
    step.step = consultations::Step::Close { conclusion: format!("Tiếp thu, trình ban hành. {INVENTED}") };
    step.expected_version = row.version;
    done(consultations::take_step(app, people.head("KTHTDT")?, step).await?)?;
    Ok(())
}
