use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An open dataset that may be published.
pub fn open() -> Description {
    Description {
        code: "DL-GIA-01".to_owned(),
        title_vi: "Giá niêm yết".to_owned(),
        title_en: None,
        description_vi: "Giá hàng hóa niêm yết trên địa bàn phường.".to_owned(),
        description_en: None,
        theme: "ECON".to_owned(),
        keywords: vec!["giá".to_owned(), "niêm yết".to_owned()],
        contact_name: Some("Phòng Kinh tế".to_owned()),
        contact_email: Some("gia@anbien.example.vn".to_owned()),
        contact_phone: None,
        issued_on: Some(day("2026-01-05")),
        modified_on: Some(day("2026-06-30")),
        frequency: UpdateFrequency::Quarterly,
        spatial: Some("phường An Biên".to_owned()),
        temporal_from: Some(day("2026-01-01")),
        temporal_to: Some(day("2026-06-30")),
        languages: vec![DatasetLanguage::Vi],
        licence: Some("https://creativecommons.org/licenses/by/4.0/".to_owned()),
        access: AccessRights::Open,
        conforms_to: vec!["http://www.w3.org/ns/csvw".to_owned()],
        legal_basis: Some("Luật Giá 16/2023/QH15".to_owned()),
        class: DatasetClass::Open,
        personal_data: false,
        records_total: Some(10),
        records_digitised: Some(10),
        integration_targets: vec![IntegrationTarget::Warehouse],
        collected_once: true,
        source_system: None,
        distributions: vec![Distribution {
            format: Some(DatasetFormat::Csv),
            media_type: Some("text/csv".to_owned()),
            access_url: "https://dulieu.example.vn/gia".to_owned(),
            byte_size: Some(1_024),
            ..Distribution::default()
        }],
    }
}

/// The faults of the dataset above after a change: code and field.
fn faults(change: impl Fn(&mut Description)) -> Vec<String> {
    let mut given = open();
    change(&mut given);
    check(&given, day("2026-09-20")).iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
}

#[test]
fn every_part_is_checked_and_all_faults_come_at_once() {
    let none: [&str; 0] = [];
    assert_eq!(faults(|_| {}), none);
    assert_eq!(faults(|d| d.code = "dl 1".to_owned()), ["MALFORMED identifier"]);
    assert_eq!(faults(|d| d.title_vi = " ".to_owned()), ["REQUIRED titleVi"]);
    assert_eq!(faults(|d| d.title_en = Some("x".repeat(301))), ["OUT_OF_RANGE titleEn"]);
    assert_eq!(faults(|d| d.theme = "LAND".to_owned()), ["UNKNOWN_CODE theme"]);
    assert_eq!(faults(|d| d.keywords = vec!["Giá".to_owned(), "giá ".to_owned()]), ["DUPLICATE keywords.1"]);
    assert_eq!(faults(|d| d.keywords = vec!["a\nb".to_owned()]), ["MALFORMED keywords.0"]);
    let many = |d: &mut Description| d.keywords = (0..21).map(|number| number.to_string()).collect();
    assert_eq!(faults(many), ["OUT_OF_RANGE keywords"]);
    assert_eq!(faults(|d| d.contact_email = Some("x".to_owned())), ["MALFORMED contact.email"]);
    assert_eq!(faults(|d| d.contact_phone = Some("x".to_owned())), ["MALFORMED contact.phone"]);
    assert_eq!(faults(|d| d.modified_on = Some(day("2026-09-21"))), ["OUT_OF_RANGE modified"]);
    assert_eq!(faults(|d| d.modified_on = Some(day("2026-01-04"))), ["OUT_OF_RANGE modified"]);
    assert_eq!(faults(|d| d.issued_on = None), none);
    assert_eq!(faults(|d| d.temporal_to = Some(day("2025-12-31"))), ["OUT_OF_RANGE temporalTo"]);
    assert_eq!(faults(|d| d.languages.clear()), ["REQUIRED languages"]);
    assert_eq!(faults(|d| d.licence = Some("CC BY".to_owned())), ["MALFORMED licence"]);
    assert_eq!(faults(|d| d.conforms_to.push("x".to_owned())), ["MALFORMED conformsTo.1"]);
    let records = |total, digitised| {
        faults(move |d: &mut Description| (d.records_total, d.records_digitised) = (total, digitised))
    };
    assert_eq!(records(Some(10), Some(11)), ["OUT_OF_RANGE recordsDigitised"]);
    assert_eq!((records(Some(0), Some(0)), records(None, None)), (Vec::new(), Vec::new()));
    assert_eq!(records(Some(10), None), ["REQUIRED recordsDigitised"]);
    assert_eq!(records(None, Some(10)), ["REQUIRED recordsTotal"]);
    let beyond = ["OUT_OF_RANGE recordsTotal", "OUT_OF_RANGE recordsDigitised"];
    assert_eq!(records(Some(1 << 53), Some(-1)), beyond);
    let several = faults(|d| {
        d.title_vi.clear();
        d.theme.clear();
        d.languages.clear();
    });
    assert_eq!(several, ["REQUIRED titleVi", "UNKNOWN_CODE theme", "REQUIRED languages"]);
}

#[test]
fn distributions_have_an_address_a_format_and_days_that_came() {
    let with = |change: &dyn Fn(&mut Distribution)| faults(|d| change(d.distributions.first_mut().unwrap()));
    let at = "distributions.0";
    assert_eq!(with(&|d| d.access_url = "http://a.vn".to_owned()), [format!("MALFORMED {at}.accessUrl")]);
    assert_eq!(with(&|d| d.download_url = Some("x".to_owned())), [format!("MALFORMED {at}.downloadUrl")]);
    assert_eq!(with(&|d| d.media_type = Some("csv".to_owned())), [format!("MALFORMED {at}.mediaType")]);
    assert_eq!(with(&|d| (d.format, d.media_type) = (None, None)), [format!("REQUIRED {at}.format")]);
    assert_eq!(with(&|d| d.byte_size = Some(-1)), [format!("OUT_OF_RANGE {at}.byteSize")]);
    assert_eq!(with(&|d| d.issued_on = Some(day("2027-01-01"))), [format!("OUT_OF_RANGE {at}.issued")]);
    let backwards = |d: &mut Distribution| {
        (d.issued_on, d.modified_on) = (Some(day("2026-02-02")), Some(day("2026-02-01")));
    };
    assert_eq!(with(&backwards), [format!("OUT_OF_RANGE {at}.modified")]);
    assert_eq!(faults(|d| d.distributions.push(d.distributions[0].clone())), ["DUPLICATE distributions.1.accessUrl"]);
}

#[test]
fn a_secret_is_refused_and_nothing_else_is_said_of_it() {
    let secret = faults(|d| {
        d.access = AccessRights::Secret;
        d.title_vi.clear();
    });
    assert_eq!(secret, ["SECRET_REFUSED accessRights"]);
}

#[test]
fn class_and_access_agree_and_open_data_hold_nothing_personal() {
    use AccessRights::{Open, Restricted, Shared};
    let said = |class, access, personal| -> Vec<String> {
        classified(class, access, personal).iter().map(|fault| fault.code.to_string()).collect()
    };
    let none: [&str; 0] = [];
    for access in [Shared, Restricted] {
        for personal in [false, true] {
            assert_eq!(said(DatasetClass::Master, access, personal), none);
            assert_eq!(said(DatasetClass::Shared, access, personal), none);
            assert_eq!(said(DatasetClass::Open, access, personal), ["OUT_OF_RANGE"]);
        }
    }
    assert_eq!(said(DatasetClass::Open, Open, false), none);
    assert_eq!(said(DatasetClass::Open, Open, true), ["PERSONAL_DATA"]);
    assert_eq!(said(DatasetClass::Master, Open, true), ["PERSONAL_DATA", "OUT_OF_RANGE"]);
}

#[test]
fn open_data_are_published_with_licence_address_and_somebody_to_ask() {
    let ready = Readiness { access: AccessRights::Open, licence: true, contact: true, distributions: 1 };
    let missing =
        |given: Readiness| -> Vec<String> { unready(given).iter().map(|fault| fault.field.join(".")).collect() };
    let none: [&str; 0] = [];
    assert_eq!(missing(ready), none);
    assert_eq!(missing(Readiness { licence: false, ..ready }), ["licence"]);
    assert_eq!(missing(Readiness { distributions: 0, ..ready }), ["distributions"]);
    assert_eq!(missing(Readiness { contact: false, ..ready }), ["contact"]);
    let nothing = Readiness { licence: false, contact: false, distributions: 0, ..ready };
    assert_eq!(missing(nothing), ["licence", "distributions", "contact"]);
    assert_eq!(missing(Readiness { access: AccessRights::Shared, ..nothing }), none);
}

#[test]
fn data_are_due_by_their_frequency_and_open_data_by_the_law_at_the_latest() {
    use UpdateFrequency::{Annual, Continuous, Daily, Irregular, Monthly, Never, Weekly};
    let due =
        |modified: &str, frequency, open| update_due(day(modified), frequency, open, 3).map(|due| due.to_string());
    assert_eq!(due("2026-01-31", Monthly, false).as_deref(), Some("2026-02-28"));
    assert_eq!(due("2026-01-31", Daily, false).as_deref(), Some("2026-02-01"));
    assert_eq!(due("2026-02-26", Weekly, true).as_deref(), Some("2026-03-05"));
    assert_eq!(due("2026-01-31", Annual, false).as_deref(), Some("2027-01-31"));
    assert_eq!(due("2026-01-31", Annual, true).as_deref(), Some("2026-04-30"));
    for frequency in [Continuous, Irregular] {
        assert_eq!(due("2026-01-31", frequency, false), None);
        assert_eq!(due("2026-01-31", frequency, true).as_deref(), Some("2026-04-30"));
    }
    assert_eq!(due("2026-01-31", Never, true), None);
}

#[test]
fn both_sides_of_the_due_day_agree_on_every_day() {
    for &frequency in UpdateFrequency::ALL {
        for open in [false, true] {
            for today in day("2027-12-01").iter_days().take(130) {
                let Some(fresh) = fresh_since(today, frequency, open, 3) else {
                    assert_eq!(update_due(today, frequency, open, 3), None);
                    continue;
                };
                for modified in fresh.pred_opt().unwrap().iter_days().take(4) {
                    let overdue = update_due(modified, frequency, open, 3).unwrap() < today;
                    assert_eq!(modified < fresh, overdue, "{frequency} {open} {today} {modified}");
                }
            }
        }
    }
}

#[test]
fn the_list_is_due_for_review_from_its_first_open_dataset_on() {
    let due = |last: Option<&str>, first: Option<&str>| {
        review_due(last.map(day), first.map(day), 6).map(|due| due.to_string())
    };
    assert_eq!(due(None, None), None);
    assert_eq!(due(Some("2026-01-01"), None), None);
    assert_eq!(due(None, Some("2025-08-31")).as_deref(), Some("2026-02-28"));
    assert_eq!(due(Some("2026-02-01"), Some("2025-08-31")).as_deref(), Some("2026-08-01"));
}

#[test]
fn data_change_on_a_day_that_came_and_not_before_they_did_last() {
    let fields = |modified: &str| check_update(day(modified), day("2026-06-30"), day("2026-09-20")).len();
    assert_eq!((fields("2026-06-30"), fields("2026-09-20")), (0, 0));
    assert_eq!((fields("2026-06-29"), fields("2026-09-21")), (1, 1));
}

#[test]
fn the_whole_table_of_states() {
    let rows: Vec<String> = DATASET_ACTIONS
        .iter()
        .map(|&action| {
            let may = |state: &&DatasetState| wrong_state(from_states(action), **state).is_none();
            let from: Vec<&str> = DatasetState::ALL.iter().filter(may).map(|state| state.as_str()).collect();
            format!("{action}: {}", from.join(" "))
        })
        .collect();
    assert_eq!(
        rows,
        [
            "SAVE_DATASET: DRAFT RETURNED PUBLISHED SUPERSEDED WITHDRAWN",
            "SUBMIT_DATASET: DRAFT RETURNED",
            "DECIDE_DATASET: SUBMITTED",
            "WITHDRAW_DATASET: DRAFT SUBMITTED RETURNED PUBLISHED",
        ]
    );
    assert_eq!(from_states(Action::AcceptForm), []);
}
