//! The rules of the register of procedures, as pure functions.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use chrono::NaiveDate;
use entity::procedure::procedure;
use uuid::Uuid;

use crate::i18n::{Message, MessageArg};
use crate::text_enum::text_enum;
use crate::user_error::{UserError, UserErrorCode};

text_enum! {
    /// The level that carries a procedure out (cấp thực hiện).
    pub enum Level {
        /// Commune (cấp xã).
        Commune = "COMMUNE",
        /// Province (cấp tỉnh).
        Province = "PROVINCE",
        /// Ministry (cấp bộ).
        Ministry = "MINISTRY",
    }
}

text_enum! {
    /// Whom a procedure is for (đối tượng thực hiện).
    pub enum Audience {
        /// Citizens (công dân).
        Citizen = "CITIZEN",
        /// Enterprises (doanh nghiệp).
        Enterprise = "ENTERPRISE",
        /// Both (cả hai).
        Both = "BOTH",
    }
}

text_enum! {
    /// How far a procedure can be done online (mức độ dịch vụ công trực tuyến, NĐ 42/2022).
    pub enum OnlineLevel {
        /// From beginning to end (toàn trình).
        Full = "FULL",
        /// In part (một phần).
        Partial = "PARTIAL",
        /// Information only (cung cấp thông tin).
        Information = "INFORMATION",
    }
}

text_enum! {
    /// The groups of fields that the plan's satisfaction target singles out (II.2.a.6-2).
    pub enum FieldGroup {
        /// Land (đất đai).
        Land = "LAND",
        /// Construction (xây dựng).
        Construction = "CONSTRUCTION",
        /// Investment (đầu tư).
        Investment = "INVESTMENT",
        /// Every other field (lĩnh vực khác).
        Other = "OTHER",
    }
}

/// A procedure as it is entered: by CSV or by mutation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcedureInput {
    /// Line of the file, or place in the list, as people count: from 1.
    pub line: u32,
    /// National code (`1.001193`), or a local one (`DP.HOTICH.001`).
    pub code: String,
    /// Vietnamese name.
    pub name: String,
    /// Field, ASCII code.
    pub field_code: String,
    /// Field, Vietnamese name.
    pub field_name: String,
    /// Field group.
    pub field_group: FieldGroup,
    /// Level.
    pub level: Level,
    /// Audience.
    pub audience: Audience,
    /// Online level.
    pub online_level: OnlineLevel,
    /// Whether a fee or charge is due.
    pub has_financial_obligation: bool,
    /// Whether it can be paid online.
    pub online_payment_enabled: bool,
    /// Whether it qualifies for online provision.
    pub online_eligible: bool,
    /// Whether it is provided online.
    pub online_provided: bool,
    /// Whether the National Public Service Portal offers it.
    pub integrated_on_national_portal: bool,
    /// Whether it can be paid there.
    pub payable_on_national_portal: bool,
    /// First day in force.
    pub effective_from: NaiveDate,
    /// Last day in force.
    pub effective_to: Option<NaiveDate>,
}

impl ProcedureInput {
    /// Whether a stored row says the same.
    pub fn equals(&self, row: &procedure::Model) -> bool {
        row.name == self.name
            && row.field_code == self.field_code
            && row.field_name == self.field_name
            && row.field_group == self.field_group.as_str()
            && row.level == self.level.as_str()
            && row.audience == self.audience.as_str()
            && row.online_level == self.online_level.as_str()
            && row.has_financial_obligation == self.has_financial_obligation
            && row.online_payment_enabled == self.online_payment_enabled
            && row.online_eligible == self.online_eligible
            && row.online_provided == self.online_provided
            && row.integrated_on_national_portal == self.integrated_on_national_portal
            && row.payable_on_national_portal == self.payable_on_national_portal
            && row.effective_from == self.effective_from
            && row.effective_to == self.effective_to
    }
}

/// Whether a code is a national one (domain facts 6.1: `1.001193`, with or without the agency's suffix
/// `.000.00.00.H24`) or a local one (`DP.HOTICH.001`) for what has no national code.
pub fn is_code(code: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = code.split('.').collect();
    match parts.as_slice() {
        [kind @ ("1" | "2" | "3"), number] => kind.len() == 1 && digits(number, 6),
        ["1" | "2" | "3", number, a, b, c, agency] => {
            digits(number, 6)
                && digits(a, 3)
                && digits(b, 2)
                && digits(c, 2)
                && agency.strip_prefix('H').is_some_and(|agency| digits(agency, 2))
        }
        ["DP", field, number] => {
            (2..=12).contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_uppercase()) && digits(number, 3)
        }
        _ => false,
    }
}

/// Checks one procedure of an import. `index` counts from 0.
pub fn check(input: &ProcedureInput, index: usize) -> Vec<UserError> {
    let line = input.line;
    let mut faults = Vec::new();
    let mut fault = |code, field: &str, message: Message| {
        let index = index.to_string();
        let message = message.with("line", line).with("code", input.code.as_str());
        faults.push(UserError::new(code, &["procedures", &index, field], message).at_line(line));
    };
    if !is_code(&input.code) {
        fault(UserErrorCode::Malformed, "code", Message::new("procedure-bad-code"));
    }
    for (field, text, max) in
        [("name", &input.name, 1_000), ("fieldCode", &input.field_code, 32), ("fieldName", &input.field_name, 200)]
    {
        if text.trim().is_empty() || text.chars().count() > max {
            let message = Message::new("procedure-bad-text").with("field", field).with("max", max);
            fault(UserErrorCode::Required, field, message);
        }
    }
    if input.effective_to.is_some_and(|to| to < input.effective_from) {
        fault(UserErrorCode::OutOfRange, "effectiveTo", Message::new("procedure-ends-before-it-begins"));
    }
    // What a flag needs: the flag, its label, and the flag it rests on.
    for (field, flag, needs, holds) in [
        (
            "onlinePaymentEnabled",
            input.online_payment_enabled,
            "hasFinancialObligation",
            input.has_financial_obligation,
        ),
        (
            "payableOnNationalPortal",
            input.payable_on_national_portal,
            "onlinePaymentEnabled",
            input.online_payment_enabled,
        ),
        ("integratedOnNationalPortal", input.integrated_on_national_portal, "onlineProvided", input.online_provided),
        (
            "onlineProvided",
            input.online_provided,
            "onlineLevel FULL/PARTIAL",
            input.online_level != OnlineLevel::Information,
        ),
    ] {
        if flag && !holds {
            let message = Message::new("procedure-flag-needs").with("field", field).with("needs", needs);
            fault(UserErrorCode::OutOfRange, field, message);
        }
    }
    faults
}

/// The columns of an import file, in any order.
pub const COLUMNS: [&str; 16] = [
    "code",
    "name",
    "field_code",
    "field_name",
    "field_group",
    "level",
    "audience",
    "online_level",
    "has_financial_obligation",
    "online_payment_enabled",
    "online_eligible",
    "online_provided",
    "integrated_on_national_portal",
    "payable_on_national_portal",
    "effective_from",
    "effective_to",
];

/// The most faults of a file that are named at once.
const MAX_FAULTS: usize = 1_000;

/// Reads an import file: CSV (RFC 4180), UTF-8, with a header line. Every fault of every line is given, up to
/// a thousand; reading ends one procedure after the `most` that an import takes.
pub fn read_csv(text: &str, most: usize) -> Result<Vec<ProcedureInput>, Vec<UserError>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let unreadable = |line: u32| {
        UserError::new(UserErrorCode::Malformed, &["csv"], Message::new("procedure-csv-unreadable").with("line", line))
            .at_line(line)
    };
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(_) => return Err(vec![unreadable(1)]),
    };
    let mut faults = Vec::new();
    for column in COLUMNS.iter().filter(|column| **column != "effective_to") {
        if !headers.iter().any(|header| header == *column) {
            let message = Message::new("procedure-csv-column-missing").with("column", *column);
            faults.push(UserError::new(UserErrorCode::Required, &["csv"], message).at_line(1));
        }
    }
    for header in headers.iter().filter(|header| !COLUMNS.contains(header)) {
        let message = Message::new("procedure-csv-column-unknown").with("column", header);
        faults.push(UserError::new(UserErrorCode::Malformed, &["csv"], message).at_line(1));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut inputs = Vec::new();
    for (index, record) in reader.records().enumerate() {
        if inputs.len() > most || faults.len() >= MAX_FAULTS {
            break;
        }
        let fallback = u32::try_from(index + 2).unwrap_or(u32::MAX);
        let Ok(record) = record else {
            faults.push(unreadable(fallback));
            continue;
        };
        let line = record.position().and_then(|at| u32::try_from(at.line()).ok()).unwrap_or(fallback);
        let mut row = Row { headers: &headers, record: &record, line, faults: &mut faults };
        if let Some(input) = row.read() {
            inputs.push(input);
        }
    }
    if faults.is_empty() { Ok(inputs) } else { Err(faults) }
}

struct Row<'a> {
    headers: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
    line: u32,
    faults: &'a mut Vec<UserError>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        let position = self.headers.iter().position(|header| header == column);
        position.and_then(|position| self.record.get(position)).unwrap_or_default()
    }

    fn value<T>(&mut self, column: &'static str, expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(column).to_owned();
        let value = read(&text);
        if value.is_none() {
            let message = Message::new("procedure-csv-value")
                .with("line", self.line)
                .with("column", MessageArg::from(column))
                .with("expected", expected)
                .with("given", text.as_str());
            self.faults.push(
                UserError::new(UserErrorCode::Malformed, &["csv", column], message)
                    .expecting(expected, text)
                    .at_line(self.line),
            );
        }
        value
    }

    fn choice<T: FromStr + Copy + std::fmt::Display>(&mut self, column: &'static str, all: &[T]) -> Option<T> {
        let expected: Vec<String> = all.iter().map(T::to_string).collect();
        self.value(column, &expected.join(", "), |text| T::from_str(text).ok())
    }

    fn flag(&mut self, column: &'static str) -> Option<bool> {
        self.value(column, "true, false", |text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    fn read(&mut self) -> Option<ProcedureInput> {
        let day = |text: &str| (text.len() == 10).then(|| NaiveDate::from_str(text).ok()).flatten();
        // Every column is read before any is given up, so that all faults of the line are named.
        let field_group = self.choice("field_group", FieldGroup::ALL);
        let level = self.choice("level", Level::ALL);
        let audience = self.choice("audience", Audience::ALL);
        let online_level = self.choice("online_level", OnlineLevel::ALL);
        let has_financial_obligation = self.flag("has_financial_obligation");
        let online_payment_enabled = self.flag("online_payment_enabled");
        let online_eligible = self.flag("online_eligible");
        let online_provided = self.flag("online_provided");
        let integrated_on_national_portal = self.flag("integrated_on_national_portal");
        let payable_on_national_portal = self.flag("payable_on_national_portal");
        let effective_from = self.value("effective_from", "YYYY-MM-DD", day);
        let effective_to = self
            .value("effective_to", "YYYY-MM-DD", |text| if text.is_empty() { Some(None) } else { day(text).map(Some) });
        Some(ProcedureInput {
            line: self.line,
            code: self.text("code").to_owned(),
            name: self.text("name").to_owned(),
            field_code: self.text("field_code").to_owned(),
            field_name: self.text("field_name").to_owned(),
            field_group: field_group?,
            level: level?,
            audience: audience?,
            online_level: online_level?,
            has_financial_obligation: has_financial_obligation?,
            online_payment_enabled: online_payment_enabled?,
            online_eligible: online_eligible?,
            online_provided: online_provided?,
            integrated_on_national_portal: integrated_on_national_portal?,
            payable_on_national_portal: payable_on_national_portal?,
            effective_from: effective_from?,
            effective_to: effective_to?,
        })
    }
}

/// A measure of the register and which procedures it counts.
type Counted = (&'static str, fn(&procedure::Model) -> bool);

/// The measures of the register (plan II.2.a.2, II.2.a.3): numbers of procedures in force.
pub const MEASURES: [Counted; 6] = [
    ("PROCEDURE.IN_FORCE", |_| true),
    ("PROCEDURE.FEE", |row| row.has_financial_obligation),
    ("PROCEDURE.FEE_ONLINE_PAYMENT", |row| row.has_financial_obligation && row.online_payment_enabled),
    ("PROCEDURE.ONLINE_ELIGIBLE", |row| row.online_eligible),
    ("PROCEDURE.ONLINE_PROVIDED", |row| row.online_eligible && row.online_provided),
    ("PROCEDURE.NATIONAL_PORTAL", |row| row.online_eligible && row.integrated_on_national_portal),
];

/// What the register counts, per managing organisation and measure, from each day on which the number of
/// procedures in force changes.
pub fn figures(rows: &[procedure::Model]) -> Vec<(Uuid, &'static str, NaiveDate, i64)> {
    let mut by_organisation: BTreeMap<Uuid, Vec<&procedure::Model>> = BTreeMap::new();
    for row in rows {
        by_organisation.entry(row.organisation_id).or_default().push(row);
    }
    let mut figures = Vec::new();
    for (organisation_id, rows) in by_organisation {
        let mut days = BTreeSet::new();
        for row in &rows {
            days.insert(row.effective_from);
            days.extend(row.effective_to.and_then(|last| last.succ_opt()));
        }
        for day in days {
            let in_force =
                |row: &&&procedure::Model| row.effective_from <= day && row.effective_to.is_none_or(|last| last >= day);
            for (measure, counts) in MEASURES {
                let count = rows.iter().filter(in_force).filter(|row| counts(row)).count();
                figures.push((organisation_id, measure, day, i64::try_from(count).unwrap_or(i64::MAX)));
            }
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for code in ["1.001193", "2.000815", "3.000001", "1.001193.000.00.00.H24", "DP.HOTICH.001"] {
            assert!(is_code(code), "{code}");
        }
        for code in [
            "",
            "1001193",
            "1.00119",
            "4.001193",
            "1.0011933",
            "1.001193.000.00.00",
            "DP.hotich.001",
            "DP.X.001",
            "85%",
        ] {
            assert!(!is_code(code), "{code}");
        }
    }

    const HEADER: &str = "code,name,field_code,field_name,field_group,level,audience,online_level,has_financial_obligation,\
        online_payment_enabled,online_eligible,online_provided,integrated_on_national_portal,payable_on_national_portal,effective_from";

    #[test]
    fn a_file_is_read_and_all_its_faults_are_named() {
        let good = "1.001193,Đăng ký khai sinh,HOTICH,Hộ tịch,OTHER,COMMUNE,CITIZEN,FULL,true,true,true,true,true,true,2025-07-01";
        let rows = read_csv(&format!("\u{feff}{HEADER}\n{good}\n"), 10).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].name, "Đăng ký khai sinh");
        assert_eq!(check(&rows[0], 0), []);

        let bad = "x,y,HOTICH,Hộ tịch,SKY,COMMUNE,CITIZEN,FULL,yes,true,true,true,true,true,1/7/2025";
        let faults = read_csv(&format!("{HEADER}\n{good}\n{bad}\n"), 10).unwrap_err();
        let found: Vec<(Option<u32>, &str)> =
            faults.iter().map(|fault| (fault.line, fault.field[1].as_str())).collect();
        assert_eq!(
            found,
            [(Some(3), "field_group"), (Some(3), "has_financial_obligation"), (Some(3), "effective_from")]
        );
        let faults = read_csv("code,name,colour\n", 10).unwrap_err();
        assert_eq!(faults.len(), 14);
    }

    #[test]
    fn flags_rest_on_one_another() {
        let mut input = read_csv(
            &format!(
                "{HEADER}\n1.001193,A,F,F,OTHER,COMMUNE,CITIZEN,INFORMATION,false,true,true,true,true,true,2025-07-01\n"
            ),
            10,
        )
        .unwrap()
        .remove(0);
        let fields = |input: &ProcedureInput| -> Vec<String> {
            check(input, 0).into_iter().map(|fault| fault.field[2].clone()).collect()
        };
        assert_eq!(fields(&input), ["onlinePaymentEnabled", "onlineProvided"]);
        input.code = "85%".to_owned();
        input.effective_to = NaiveDate::from_ymd_opt(2025, 6, 30);
        assert_eq!(fields(&input), ["code", "effectiveTo", "onlinePaymentEnabled", "onlineProvided"]);
    }
}
