//! Invented reviews of procedures, and where procedures are made public.

use chrono::NaiveDate;

use super::forms::INVENTED;
use super::{People, done};
use kernel::error::{ApiError, ApiResult};
use kit::app::App;
use procedures::procedure::input::Given;
use procedures::procedure::rules;
use procedures::procedure::rules::{ChangeKind, LimitUnit};
use procedures::publicity::rules::{CheckResult, PublicationInput, PublicationPlace};
use procedures::publicity::service as publicity;
use procedures::publicity::service::RecordRequest;
use procedures::simplification::rules::{Cut, Proposal, ReviewDecision};
use procedures::simplification::service as reviews;
use procedures::simplification::service::{ProposeRequest, Step, StepRequest};

/// A day that the calendar has.
pub fn day(year: i32, month: u32, day: u32) -> ApiResult<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| ApiError::internal("no such day"))
}

fn cut(before: i64, after: i64) -> Cut {
    Cut { before, after }
}

/// Three proposals: one carried out, one approved, one that waits for the Chair. The first is the amendment that
/// the register has from 15/7/2026.
pub async fn review(app: &App, people: &People) -> ApiResult<()> {
    if app.clock.today() < day(2026, 9, 7)? {
        return Ok(());
    }
    let proposal = |code: &str, content: &str, proposed_on| Proposal {
        code: code.to_owned(),
        year: 2026,
        proposed_on,
        content: format!("{content} {INVENTED}"),
        components: Cut::default(),
        forms: Cut::default(),
        time: Cut::default(),
        time_unit: LimitUnit::WorkingDay,
        cost_vnd: Cut::default(),
    };
    let household = Proposal {
        components: cut(4, 3),
        time: cut(3, 1),
        cost_vnd: cut(86_400_000, 51_840_000),
        ..proposal("RS-2026-001", "Bỏ bản sao căn cước; rút thời hạn còn 1 ngày.", day(2026, 5, 12)?)
    };
    let allowance = Proposal {
        components: cut(5, 4),
        forms: cut(2, 1),
        time: cut(10, 8),
        cost_vnd: cut(42_000_000, 33_600_000),
        ..proposal("RS-2026-002", "Gộp tờ khai và đơn đề nghị.", day(2026, 8, 3)?)
    };
    let land = Proposal {
        components: cut(6, 5),
        time: cut(20, 17),
        cost_vnd: cut(120_000_000, 96_000_000),
        ..proposal("RS-2026-003", "Khai thác dữ liệu dân cư thay giấy xác nhận.", day(2026, 9, 7)?)
    };
    let proposed =
        [("TTPVHCC", "1.001612", household), ("TTPVHCC", "1.001731", allowance), ("KTHTDT", "DP.DATDAI.003", land)];
    let mut versions = Vec::new();
    for (organisation, procedure, proposal) in proposed {
        let wanted = ProposeRequest {
            programme: None,
            organisation: organisation.to_owned(),
            procedure: procedure.to_owned(),
            proposal,
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        let row = done(reviews::propose(app, people.officer(organisation)?, wanted).await?)?;
        versions.push((row.code, row.version));
    }
    let decided = [("MH-11/QĐ-UBND", day(2026, 5, 29)?), ("MH-12/QĐ-UBND", day(2026, 8, 21)?)];
    for ((code, version), (number, date)) in versions.iter_mut().zip(decided) {
        let (decision, number) = (ReviewDecision::Approve, Some(number.to_owned()));
        let step = Step::Decide { decision, number, date, reason: Some(INVENTED.to_owned()) };
        *version = done(reviews::take_step(app, people.of("chair")?, taking(code, *version, step)).await?)?.version;
    }
    if let Some((code, version)) = versions.first() {
        let step = Step::Implement { on: day(2026, 7, 15)?, decision: Some("MH-03/QĐ-UBND".to_owned()) };
        done(reviews::take_step(app, people.of("onestop")?, taking(code, *version, step)).await?)?;
    }
    Ok(())
}

fn taking(code: &str, expected_version: i32, step: Step) -> StepRequest {
    let code = code.to_owned();
    StepRequest { programme: None, code, step, expected_version, idempotency_key: None, dry_run: false }
}

/// The procedure whose amendment has not reached the notice board.
const NOT_YET: &str = "1.013225";
/// The procedure whose notice was found outdated.
const OUTDATED: &str = "2.000635";

/// Every procedure on the national portal and on the notice board, but for two: one hangs there as it was before it
/// was amended, one was found outdated. In one request.
pub async fn publish(app: &App, people: &People, register: &[Given]) -> ApiResult<()> {
    let publications = publications(register, app.clock.today())?;
    let (programme, organisation) = (None, "TTPVHCC".to_owned());
    let wanted = RecordRequest { programme, organisation, publications, dry_run: false };
    done(publicity::record(app, people.of("onestop")?, wanted).await?)?;
    Ok(())
}

fn publications(register: &[Given], today: NaiveDate) -> ApiResult<Vec<PublicationInput>> {
    let (first_day, check_day) = (day(2025, 7, 3)?, day(2026, 8, 12)?);
    let amended = |code: &str| {
        let announced = register
            .iter()
            .filter(|given| given.input.code == code && given.input.change_kind == Some(ChangeKind::Amended));
        announced.filter_map(|given| given.input.decision_date.value().copied()).filter(|day| *day <= today).max()
    };
    let mut publications: Vec<PublicationInput> = Vec::new();
    let new = register.iter().filter(|given| given.input.name.is_some() && !rules::is_internal(&given.input.code));
    for given in new {
        let code = given.input.code.as_str();
        for place in [PublicationPlace::NationalPortal, PublicationPlace::NoticeBoard] {
            let online = place == PublicationPlace::NationalPortal;
            let stale = code == NOT_YET && !online;
            let check = (code == OUTDATED && !online)
                .then_some(CheckResult::Outdated)
                .or_else(|| (publications.len().is_multiple_of(5) && !stale).then_some(CheckResult::Correct));
            let check = check.filter(|_| check_day <= today);
            publications.push(PublicationInput {
                line: u32::try_from(publications.len() + 1).unwrap_or(u32::MAX),
                procedure: code.to_owned(),
                place,
                url: online.then(|| format!("https://dichvucong.example/thu-tuc/{code}")),
                published_on: amended(code).filter(|_| !stale).unwrap_or(first_day),
                checked_on: check.map(|_| check_day),
                check_result: check,
                note: Some(INVENTED.to_owned()),
            });
        }
    }
    Ok(publications)
}
