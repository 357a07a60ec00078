//! Invented public assets of the ward: two pieces of land, houses on them, a car.

use super::forms::INVENTED;
use super::registers::day;
use super::{People, done};
use finance::asset::rules::{Details, Paper};
use finance::asset::service;
use finance::asset::service::plans;
use finance::asset::service::plans::{CompleteRequest, Content, DecideRequest, ProposeRequest};
use finance::asset::service::{RecordRequest, Target};
use finance::asset::{AssetKind, AssetPaperKind, AssetPlanDecision, AssetPlanWay, AssetSchemePurpose, AssetUse};
use kernel::error::ApiResult;
use kit::app::App;

fn target(code: &str, seen: i32) -> Target {
    Target {
        programme: None,
        code: code.to_owned(),
        expected_version: Some(seen),
        idempotency_key: None,
        dry_run: false,
    }
}

/// An invented asset: code, unit, kind, name, area, cost, use, land below, whether it has a paper.
type Invented = (&'static str, &'static str, AssetKind, &'static str, i64, i64, AssetUse, Option<&'static str>, bool);

const ASSETS: [Invented; 6] = [
    (
        "DAT-001",
        "KTHTDT",
        AssetKind::Land,
        "Đất trụ sở UBND phường",
        185_050,
        27_800_000_000,
        AssetUse::Office,
        None,
        true,
    ),
    ("DAT-002", "TTSNC", AssetKind::Land, "Đất nhà văn hóa", 62_480, 9_300_000_000, AssetUse::Service, None, false),
    (
        "NHA-001",
        "KTHTDT",
        AssetKind::House,
        "Trụ sở làm việc 3 tầng",
        142_000,
        11_600_000_000,
        AssetUse::Office,
        Some("DAT-001"),
        true,
    ),
    (
        "NHA-002",
        "TTSNC",
        AssetKind::House,
        "Nhà văn hóa",
        41_575,
        3_450_000_000,
        AssetUse::Lease,
        Some("DAT-002"),
        true,
    ),
    (
        "NHA-003",
        "KTHTDT",
        AssetKind::House,
        "Trụ sở phường cũ sau sáp nhập",
        68_020,
        4_120_000_000,
        AssetUse::Empty,
        None,
        false,
    ),
    ("XE-001", "KTHTDT", AssetKind::Car, "Xe ô tô 7 chỗ", 0, 1_120_000_000, AssetUse::Office, None, true),
];

/// Six assets, each recorded by its unit's officer and confirmed by the finance division; a plan that is carried out, one
/// that is approved, one that waits; a scheme for what is leased.
pub async fn keep(app: &App, people: &People) -> ApiResult<()> {
    if app.clock.today() < day(2026, 9, 7)? {
        return Ok(());
    }
    let finance = people.of("finance")?;
    for (code, unit, kind, name, area, cost, used_for, land, has_paper) in ASSETS {
        let paper_kind = match kind {
            AssetKind::Car => AssetPaperKind::VehicleRegistration,
            _ => AssetPaperKind::LandUseCertificate,
        };
        let paper = Paper { kind: paper_kind, number: format!("MH-{code}"), date: day(2016, 4, 12)? };
        let details = Details {
            effective_on: day(2025, 7, 1)?,
            name: name.to_owned(),
            address: kind.is_house_or_land().then(|| INVENTED.to_owned()),
            land_area: (kind == AssetKind::Land).then_some(area),
            floor_area: (kind == AssetKind::House).then_some(area),
            year_of_use: 2015,
            original_cost: cost,
            remaining_value: if kind == AssetKind::Land { cost } else { cost / 5 * 2 },
            used_for,
            land: land.map(str::to_owned),
            paper: has_paper.then_some(paper),
        };
        let wanted = RecordRequest { target: target(code, 0), organisation: unit.to_owned(), kind, details };
        let row = done(service::record(app, people.officer(unit)?, wanted).await?)?;
        done(service::confirm(app, finance, target(code, row.version)).await?)?;
    }
    let proposals = [
        ("PA-2026-001", "NHA-001", Content::Plan(AssetPlanWay::Keep), "Giữ lại làm trụ sở."),
        ("PA-2026-002", "NHA-003", Content::Plan(AssetPlanWay::Convert), "Chuyển thành nhà sinh hoạt cộng đồng."),
        ("PA-2026-003", "DAT-002", Content::Plan(AssetPlanWay::Keep), "Giữ lại, hoàn thiện giấy tờ."),
        (
            "DA-2026-001",
            "NHA-002",
            Content::Scheme(AssetSchemePurpose::Lease, day(2026, 4, 1)?, day(2028, 3, 31)?, 240_000_000),
            "Cho thuê mặt bằng tầng 1.",
        ),
    ];
    for (code, asset, content, text) in proposals {
        let wanted = ProposeRequest {
            target: target(code, 0),
            asset: asset.to_owned(),
            content,
            proposed_on: day(2026, 3, 2)?,
            text: format!("{text} {INVENTED}"),
        };
        done(plans::propose(app, finance, wanted).await?)?;
    }
    for (code, number) in
        [("PA-2026-001", "MH-21/QĐ-UBND"), ("PA-2026-002", "MH-22/QĐ-UBND"), ("DA-2026-001", "MH-23/QĐ-UBND")]
    {
        let wanted = DecideRequest {
            target: target(code, 1),
            decision: AssetPlanDecision::Approve,
            number: Some(number.to_owned()),
            date: day(2026, 3, 20)?,
            reason: Some(INVENTED.to_owned()),
        };
        done(plans::decide(app, people.of("chair")?, wanted).await?)?;
    }
    let wanted = CompleteRequest { target: target("PA-2026-001", 2), done_on: Some(day(2026, 6, 1)?), reason: None };
    done(plans::complete(app, finance, wanted).await?)?;
    Ok(())
}
