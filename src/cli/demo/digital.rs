//! Invented digitisation, work files, information systems, new technology, audits and online channels.

use chrono::NaiveDate;

use super::forms::{INVENTED, Planned, cell, counts};
use super::{People, done};
use ::digital::application::rules::Wanted as Application;
use ::digital::application::service as applications;
use ::digital::application::{ApplicationSector, ApplicationStatus, Technology};
use ::digital::channel::rules::{Check, Wanted as Duty};
use ::digital::channel::{OnlineChannel, service as channels};
use ::digital::standard::rules::{Audit, Finding};
use ::digital::standard::{AuditKind, FindingSeverity, service as standard};
use ::digital::system::rules::{NewEvent, Security, Wanted as System};
use ::digital::system::{IntegrationDirection, IntegrationStatus, Platform, SystemLevel, service as systems};
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kit::app::App;
use templates::rules::{Given, GivenCell};

fn day(year: i32, month: u32, day: u32) -> ApiResult<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| ApiError::internal("no such day"))
}

/// Work files of two units in the numbered quarter, from 0; later quarters are better.
pub fn of_quarter(index: usize, period: &'static str) -> Vec<Planned> {
    if !period.starts_with("2026") {
        return Vec::new();
    }
    let number = i64::try_from(index).unwrap_or(0);
    let files = |organisation, handled: i64| {
        let online = handled * (84 + 3 * number) / 100;
        let issued = handled / 2;
        let mut cells = counts("FILES", "TOTAL", &[("handled", handled), ("handledOnline", online)]);
        cells.extend(counts("DOCUMENTS", "TOTAL", &[("issued", issued), ("signed", issued * 9 / 10)]));
        Planned { form: FormCode::WorkFiles, organisation, period, cells }
    };
    vec![files("TTPVHCC", 240 + 12 * number), files("KTHTDT", 310 + 9 * number)]
}

/// A kind of record, by the steps of the ladder.
fn records(domain: &str, levels: [i64; 5]) -> Vec<GivenCell> {
    let fields = ["level0", "level1", "level2", "level3", "level4"];
    let mut cells = counts("RECORDS", domain, &[("total", levels.iter().sum())]);
    for (field, count) in fields.into_iter().zip(levels) {
        cells.extend(counts("RECORDS", domain, &[(field, count)]));
    }
    cells.push(cell("RECORDS", domain, "source", Given::Text(INVENTED.to_owned())));
    let on = NaiveDate::from_ymd_opt(2026, 6, 10);
    cells.extend(on.map(|on| cell("RECORDS", domain, "asOf", Given::Date(on))));
    cells
}

/// What is digitised in the first half of 2026: planning and investment lag behind.
pub fn of_half_year() -> Vec<Planned> {
    let form = |organisation, kinds: &[(&str, [i64; 5])]| Planned {
        form: FormCode::Digitisation,
        organisation,
        period: "2026-H1",
        cells: kinds.iter().flat_map(|(domain, levels)| records(domain, *levels)).collect(),
    };
    vec![
        form(
            "KTHTDT",
            &[
                ("LAND", [310, 420, 1_150, 9_860, 0]),
                ("PLANNING", [14, 9, 21, 0, 4]),
                ("INVESTMENT", [22, 31, 40, 12, 18]),
                ("BUSINESS", [0, 0, 0, 1_150, 464]),
            ],
        ),
        form("TTPVHCC", &[("DOSSIER", [1_900, 2_300, 6_400, 0, 3_100]), ("RESULT", [2_100, 1_700, 7_200, 0, 3_900])]),
    ]
}

/// Systems, technology, an audit and duties on online channels, by the accounts whose work they are.
pub async fn keep(app: &App, people: &People) -> ApiResult<()> {
    if app.clock.today() < day(2026, 9, 18)? {
        return Ok(());
    }
    use_systems(app, people).await?;
    let waste = applications::SaveRequest {
        programme: None,
        organisation: "KTHTDT".to_owned(),
        application: Application {
            code: "UD-RAC".to_owned(),
            name: "Giám sát điểm tập kết rác bằng cảm biến".to_owned(),
            technology: Technology::Iot,
            sector: ApplicationSector::Environment,
            status: ApplicationStatus::Pilot,
            since: day(2026, 6, 1)?,
            description: Some(INVENTED.to_owned()),
        },
        expected_version: None,
        idempotency_key: None,
        dry_run: false,
    };
    done(applications::save(app, people.officer("KTHTDT")?, waste).await?)?;
    audit(app, people).await?;
    look(app, people).await
}

async fn use_systems(app: &App, people: &People) -> ApiResult<()> {
    let system = |code: &str, name: &str, level, from| System {
        code: code.to_owned(),
        name: name.to_owned(),
        level,
        purpose: INVENTED.to_owned(),
        security: None,
        used_from: Some(from),
        used_to: None,
    };
    let one_stop = System {
        security: Some(Security {
            level: 3,
            decision_number: "MH-41/QĐ-UBND".to_owned(),
            decision_date: day(2026, 1, 5)?,
        }),
        ..system("HT-MOTCUA", "Hệ thống thông tin giải quyết thủ tục hành chính", SystemLevel::City, day(2025, 7, 1)?)
    };
    let land = system("HT-DATDAI", "Hệ thống thông tin đất đai", SystemLevel::City, day(2025, 7, 1)?);
    for (organisation, system) in [("TTPVHCC", one_stop), ("KTHTDT", land)] {
        let wanted = systems::SaveRequest {
            programme: None,
            organisation: organisation.to_owned(),
            system,
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        done(systems::save(app, people.officer(organisation)?, wanted).await?)?;
    }
    for (organisation, system, platform, status, since) in [
        ("TTPVHCC", "HT-MOTCUA", Platform::Dvcqg, IntegrationStatus::Live, day(2026, 2, 2)?),
        ("TTPVHCC", "HT-MOTCUA", Platform::Vneid, IntegrationStatus::Testing, day(2026, 7, 1)?),
        ("KTHTDT", "HT-DATDAI", Platform::Lgsp, IntegrationStatus::Testing, day(2026, 5, 4)?),
    ] {
        let event = NewEvent { platform, direction: IntegrationDirection::Both, status, since, note: None };
        let wanted = systems::IntegrationRequest {
            programme: None,
            system: system.to_owned(),
            event,
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        done(systems::record(app, people.officer(organisation)?, wanted).await?)?;
    }
    let wanted = systems::ConfirmRequest {
        programme: None,
        system: "HT-MOTCUA".to_owned(),
        platform: Platform::Dvcqg,
        expected_version: 1,
        idempotency_key: None,
        dry_run: false,
    };
    done(systems::confirm(app, people.of("standing")?, wanted).await?)?;
    Ok(())
}

/// An audit with two findings: one is closed, the other is due.
async fn audit(app: &App, people: &People) -> ApiResult<()> {
    let officer = people.officer("TTPVHCC")?;
    let wanted = standard::AuditRequest {
        programme: None,
        organisation: "TTPVHCC".to_owned(),
        audit: Audit {
            code: "DG-2026-01".to_owned(),
            kind: AuditKind::Internal,
            audited_on: day(2026, 5, 14)?,
            auditor: format!("Đoàn đánh giá nội bộ. {INVENTED}"),
            conclusion: None,
        },
        expected_version: None,
        idempotency_key: None,
        dry_run: false,
    };
    done(standard::save_audit(app, officer, wanted).await?)?;
    let remedy = (day(2026, 6, 20)?, "Đã ban hành quy trình sửa đổi.".to_owned());
    for (number, description, due_on, remedied) in [
        (1, "Quy trình tiếp nhận chưa cập nhật theo Nghị định 118/2025/NĐ-CP.", day(2026, 6, 30)?, Some(remedy)),
        (2, "Chưa đo lường mục tiêu chất lượng quý.", day(2026, 8, 31)?, None),
    ] {
        let description = description.to_owned();
        let finding = Finding { number, severity: FindingSeverity::Minor, description, due_on, remedied };
        let wanted = standard::FindingRequest {
            programme: None,
            audit: "DG-2026-01".to_owned(),
            finding,
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        done(standard::save_finding(app, officer, wanted).await?)?;
    }
    let wanted = standard::CloseRequest {
        programme: None,
        audit: "DG-2026-01".to_owned(),
        number: 1,
        closed_on: day(2026, 7, 6)?,
        expected_version: 1,
        idempotency_key: None,
        dry_run: false,
    };
    done(standard::close_finding(app, people.of("standing")?, wanted).await?)?;
    Ok(())
}

/// What the portal and a fanpage must hold; the fanpage is behind.
async fn look(app: &App, people: &People) -> ApiResult<()> {
    let officer = people.officer("TTSNC")?;
    for (code, channel, name, content, updated) in [
        ("CTT-01", OnlineChannel::Portal, "Cổng thông tin điện tử phường", "Lịch tiếp công dân", day(2026, 9, 14)?),
        ("FB-01", OnlineChannel::Fanpage, "Fanpage phường An Biên", "Tin cải cách hành chính", day(2026, 9, 4)?),
    ] {
        let wanted = channels::SaveRequest {
            programme: None,
            organisation: "TTSNC".to_owned(),
            duty: Duty {
                code: code.to_owned(),
                channel,
                channel_name: name.to_owned(),
                url: "https://example.invalid/an-bien".to_owned(),
                content: format!("{content}. {INVENTED}"),
                effective_from: day(2026, 1, 1)?,
                effective_to: None,
            },
            expected_version: None,
            idempotency_key: None,
            dry_run: false,
        };
        done(channels::save(app, officer, wanted).await?)?;
        let wanted = channels::CheckRequest {
            programme: None,
            duty: code.to_owned(),
            check: Check { looked_on: day(2026, 9, 18)?, updated_on: Some(updated), note: None },
            expected_version: 1,
            idempotency_key: None,
            dry_run: false,
        };
        done(channels::check(app, officer, wanted).await?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::QUARTERS;
    use super::*;
    use templates::rules::{Cells, check, read};

    #[test]
    fn invented_forms_pass_their_checks() {
        let mut planned: Vec<Planned> =
            QUARTERS.iter().enumerate().flat_map(|(index, period)| of_quarter(index, period)).collect();
        planned.extend(of_half_year());
        assert_eq!(planned.len(), 8);
        for one in planned {
            let template = templates::of(one.form).unwrap();
            let read = read(template, &one.cells);
            assert_eq!(read.faults, [], "{} {}", one.form, one.period);
            let cells: Cells = read.cells.into_iter().filter_map(|(place, content)| Some((place, content?))).collect();
            assert_eq!(
                check(template, &cells, &read.indices, &BTreeSet::new(), None),
                [],
                "{} {}",
                one.form,
                one.period
            );
        }
    }
}
