//! Invented records of public finance: how autonomous the public service centre is, and the budget of the reform.

use super::forms::INVENTED;
use super::registers::day;
use super::{People, done};
use finance::autonomy::rules::{Money, Proposal};
use finance::autonomy::service as autonomy;
use finance::autonomy::service::ProposeRequest;
use finance::autonomy::{AutonomyAppraisal, AutonomyDecision, AutonomyGroup};
use finance::reform_budget::rules::Wanted;
use finance::reform_budget::service as budget;
use finance::reform_budget::service::SaveRequest;
use finance::reform_budget::steps;
use finance::reform_budget::steps::{Step, StepRequest};
use finance::reform_budget::{
    ReformAllocationKind, ReformBudgetAppraisalDecision, ReformBudgetDecision, ReformBudgetSide,
};
use kernel::error::ApiResult;
use kit::app::App;

/// The public service centre finances part of its expenditure itself: proposed, appraised, decided.
pub async fn autonomy(app: &App, people: &People) -> ApiResult<()> {
    let decided_on = day(2026, 1, 12)?;
    if app.clock.today() < decided_on {
        return Ok(());
    }
    let proposal = Proposal {
        from_year: 2026,
        to_year: None,
        money: Money { revenue: 1_236_000_000, expenditure: 2_950_000_000, invests: false, investment: 0 },
        group: AutonomyGroup::Group3,
        band: None,
        explanation: None,
        reason: None,
    };
    let wanted = ProposeRequest {
        programme: None,
        organisation: "TTSNC".to_owned(),
        proposal,
        expected_version: None,
        idempotency_key: None,
        dry_run: false,
    };
    let row = done(autonomy::propose(app, people.officer("TTSNC")?, wanted).await?)?;
    let taking = |expected_version: i32, step: autonomy::Step| autonomy::StepRequest {
        programme: None,
        organisation: "TTSNC".to_owned(),
        from_year: 2026,
        step,
        expected_version,
        idempotency_key: None,
        dry_run: false,
    };
    let appraise = autonomy::Step::Appraise { decision: AutonomyAppraisal::Agree, opinion: INVENTED.to_owned() };
    let row = done(autonomy::take_step(app, people.of("finance")?, taking(row.version, appraise)).await?)?;
    let decide = autonomy::Step::Decide {
        decision: AutonomyDecision::Approve,
        number: Some("MH-21/QĐ-UBND".to_owned()),
        date: Some(decided_on),
        effective_from: Some(day(2026, 1, 1)?),
        reason: None,
    };
    done(autonomy::take_step(app, people.of("chair")?, taking(row.version, decide)).await?)?;
    Ok(())
}

/// What a line is to come to.
struct Line {
    code: &'static str,
    unit: &'static str,
    task: &'static str,
    content: &'static str,
    estimated: i64,
    /// What both appraisals agree on; none while the finance division alone has said something.
    agreed: Option<i64>,
}

const LINES: [Line; 3] = [
    Line {
        code: "KP-2026-001",
        unit: "TTPVHCC",
        task: "II.2.b.1-1",
        content: "Tập huấn rà soát, đơn giản hóa thủ tục cho cán bộ một cửa.",
        estimated: 60_000_000,
        agreed: Some(50_000_000),
    },
    Line {
        code: "KP-2026-002",
        unit: "TTSNC",
        task: "II.6.b.4",
        content: "Chuyên mục cải cách hành chính trên cổng thông tin điện tử.",
        estimated: 36_000_000,
        agreed: Some(36_000_000),
    },
    Line {
        code: "KP-2026-003",
        unit: "KTHTDT",
        task: "II.5.b.5",
        content: "Rà soát nhà, đất dôi dư sau sắp xếp.",
        estimated: 45_000_000,
        agreed: None,
    },
];

/// Three lines: one with a supplement and what was spent of it, one given, one that waits for the standing body.
pub async fn reform_budget(app: &App, people: &People) -> ApiResult<()> {
    if app.clock.today() < day(2026, 9, 5)? {
        return Ok(());
    }
    for line in LINES {
        let wanted = SaveRequest {
            programme: None,
            organisation: line.unit.to_owned(),
            line: Wanted {
                code: line.code.to_owned(),
                fiscal_year: 2026,
                task: line.task.to_owned(),
                content: format!("{} {INVENTED}", line.content),
                estimated: line.estimated,
            },
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        let row = done(budget::save(app, people.officer(line.unit)?, wanted).await?)?;
        let mut at = Taking { app, people, code: line.code, version: row.version };
        at.take(&format!("{}.head", line.unit.to_lowercase()), Step::Submit).await?;
        let appraise = |side, amount| Step::Appraise {
            side,
            decision: ReformBudgetAppraisalDecision::Agree,
            amount: Some(amount),
            opinion: INVENTED.to_owned(),
        };
        at.take("finance", appraise(ReformBudgetSide::Finance, line.agreed.unwrap_or(line.estimated))).await?;
        let Some(agreed) = line.agreed else { continue };
        at.take("standing", appraise(ReformBudgetSide::StandingBody, agreed)).await?;
        let decide = Step::Decide {
            decision: ReformBudgetDecision::Allocate,
            amount: Some(agreed),
            number: Some("MH-22/QĐ-UBND".to_owned()),
            date: Some(day(2026, 2, 9)?),
            reason: None,
        };
        at.take("chair", decide).await?;
        if line.unit == "TTPVHCC" {
            let supplement = Step::Supplement {
                kind: ReformAllocationKind::Supplement,
                amount: 8_000_000,
                number: "MH-23/QĐ-UBND".to_owned(),
                date: day(2026, 6, 15)?,
                explanation: Some(INVENTED.to_owned()),
            };
            at.take("chair", supplement).await?;
            for (period, spent) in [("2026-M04", 21_500_000), ("2026-M08", 47_200_000)] {
                let spend = Step::Spend { period: period.to_owned(), spent, explanation: None, reason: None };
                at.take("ttpvhcc.officer", spend).await?;
            }
        }
    }
    Ok(())
}

/// A line whose steps are taken one after the other.
struct Taking<'a> {
    app: &'a App,
    people: &'a People,
    code: &'static str,
    version: i32,
}

impl Taking<'_> {
    async fn take(&mut self, username: &str, step: Step) -> ApiResult<()> {
        let wanted = StepRequest {
            programme: None,
            code: self.code.to_owned(),
            step,
            expected_version: self.version,
            idempotency_key: None,
            dry_run: false,
        };
        self.version = done(steps::take(self.app, self.people.of(username)?, wanted).await?)?.version;
        Ok(())
    }
}
