//! Invented datasets: two that are open, one of them overdue; one for State agencies that waits to be published; a draft.

use chrono::NaiveDate;

use super::forms::INVENTED;
use super::{People, done};
use ::digital::dataset::rules::{DatasetDecision, Description, Distribution};
use ::digital::dataset::service as datasets;
use ::digital::dataset::service::{SaveRequest, Step, StepRequest};
use ::digital::dataset::{
    AccessRights, DatasetClass, DatasetFormat, DatasetLanguage, IntegrationTarget, UpdateFrequency,
};
use kernel::error::{ApiError, ApiResult};
use kit::app::App;

fn day(year: i32, month: u32, day: u32) -> ApiResult<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| ApiError::internal("no such day"))
}

/// A dataset for State agencies, of which nothing is known but its name.
fn named(code: &str, title: &str, theme: &str) -> Description {
    Description {
        code: code.to_owned(),
        title_vi: title.to_owned(),
        title_en: None,
        description_vi: format!("{title}. {INVENTED}"),
        description_en: None,
        theme: theme.to_owned(),
        keywords: Vec::new(),
        contact_name: None,
        contact_email: None,
        contact_phone: None,
        issued_on: None,
        modified_on: None,
        frequency: UpdateFrequency::Continuous,
        spatial: Some("phường An Biên".to_owned()),
        temporal_from: None,
        temporal_to: None,
        languages: vec![DatasetLanguage::Vi],
        licence: None,
        access: AccessRights::Shared,
        conforms_to: Vec::new(),
        legal_basis: Some("Kế hoạch 999/QĐ-UBND, mục II.6.b.3".to_owned()),
        class: DatasetClass::Shared,
        personal_data: false,
        records_total: None,
        records_digitised: None,
        integration_targets: vec![IntegrationTarget::Lgsp],
        collected_once: true,
        source_system: None,
        distributions: Vec::new(),
    }
}

/// The same as open data, with a file.
fn open(given: Description, file: &str, modified: NaiveDate) -> Description {
    Description {
        contact_name: Some("Đầu mối dữ liệu mở phường An Biên".to_owned()),
        contact_email: Some("dulieu@anbien.example".to_owned()),
        issued_on: Some(modified),
        modified_on: Some(modified),
        licence: Some("https://creativecommons.org/licenses/by/4.0/".to_owned()),
        access: AccessRights::Open,
        class: DatasetClass::Open,
        integration_targets: vec![IntegrationTarget::Warehouse],
        distributions: vec![Distribution {
            title: Some("Tệp CSV".to_owned()),
            format: Some(DatasetFormat::Csv),
            media_type: Some("text/csv".to_owned()),
            access_url: format!("https://dulieu.anbien.example/{file}"),
            download_url: Some(format!("https://dulieu.anbien.example/{file}.csv")),
            byte_size: Some(48_213),
            ..Distribution::default()
        }],
        ..given
    }
}

/// How far a dataset of the demo has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Far {
    Draft,
    Submitted,
    Published,
}

/// Four datasets, by the officers, heads and standing body whose work it is.
pub async fn describe(app: &App, people: &People) -> ApiResult<()> {
    if app.clock.today() < day(2026, 9, 7)? {
        return Ok(());
    }
    let procedures = Description {
        title_en: Some("Administrative procedures of the ward".to_owned()),
        keywords: vec!["thủ tục hành chính".to_owned(), "dịch vụ công".to_owned()],
        frequency: UpdateFrequency::Monthly,
        records_total: Some(328),
        records_digitised: Some(328),
        source_system: Some("Cơ sở dữ liệu quốc gia về thủ tục hành chính".to_owned()),
        ..open(named("DL-TTHC-01", "Danh mục thủ tục hành chính của phường", "GOVE"), "thu-tuc", day(2026, 9, 1)?)
    };
    let prices = Description {
        keywords: vec!["giá".to_owned(), "niêm yết".to_owned()],
        frequency: UpdateFrequency::Quarterly,
        ..open(named("DL-GIA-01", "Giá hàng hóa, dịch vụ niêm yết", "ECON"), "gia-niem-yet", day(2026, 5, 31)?)
    };
    let land = Description {
        class: DatasetClass::Master,
        personal_data: true,
        records_total: Some(5_210),
        records_digitised: Some(1_840),
        integration_targets: vec![IntegrationTarget::Lgsp, IntegrationTarget::Ndop],
        source_system: Some("Cơ sở dữ liệu đất đai thành phố".to_owned()),
        ..named("DL-DATDAI-01", "Hồ sơ địa chính thửa đất", "REGI")
    };
    let planning = Description {
        records_total: Some(64),
        records_digitised: Some(12),
        ..named("DL-QUYHOACH-01", "Đồ án quy hoạch chi tiết", "REGI")
    };
    for (organisation, description, far) in [
        ("TTPVHCC", procedures, Far::Published),
        ("KTHTDT", prices, Far::Published),
        ("KTHTDT", land, Far::Submitted),
        ("KTHTDT", planning, Far::Draft),
    ] {
        bring(app, people, organisation, description, far).await?;
    }
    Ok(())
}

async fn bring(app: &App, people: &People, organisation: &str, description: Description, far: Far) -> ApiResult<()> {
    let code = description.code.clone();
    let wanted = SaveRequest {
        programme: None,
        organisation: organisation.to_owned(),
        publisher: None,
        description,
        expected_version: None,
        idempotency_key: None,
        dry_run: false,
    };
    let mut version = done(datasets::save(app, people.officer(organisation)?, wanted).await?)?.version;
    let publish = Step::Decide { decision: DatasetDecision::Publish, reason: None };
    let steps =
        [(Far::Submitted, people.head(organisation)?, Step::Submit), (Far::Published, people.of("standing")?, publish)];
    for (_, who, step) in steps.into_iter().filter(|(reached, ..)| *reached <= far) {
        let wanted = StepRequest {
            programme: None,
            code: code.clone(),
            edition: None,
            step,
            expected_version: version,
            idempotency_key: None,
            dry_run: false,
        };
        version = done(datasets::take_step(app, who, wanted).await?)?.version;
    }
    Ok(())
}
