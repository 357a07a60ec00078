//! Reads procedures from a file: CSV (RFC 4180) or JSON lines, UTF-8. Every fault of every line is given, up to a
//! thousand; reading ends one procedure after the most that an import takes.

use std::str::FromStr;

use async_graphql::MaybeUndefined;
use chrono::NaiveDate;

use super::input::{Given, ProcedureInput};
use super::rules::{
    AccessChannel, Audience, ChangeKind, Fee, FeeKind, FieldGroup, Level, LimitUnit, OnlineLevel, SubmissionChannel,
    TimeLimit,
};
use kernel::i18n::{Message, MessageArg};
use kernel::user_error::{UserError, UserErrorCode};
use kit::scalar::Vnd;

/// The columns of a CSV file, in any order. A file needs the first two. A column that it does not have leaves what is
/// stored as it is, and so does an empty cell, but for one of `effective_to`, which takes the last day away.
pub const COLUMNS: [&str; 25] = [
    "code",
    "effective_from",
    "effective_to",
    "change_kind",
    "decision_number",
    "decision_date",
    "replaced_by",
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
    "inter_agency",
    "access_channels",
    "statutory_limit",
    "committed_limit",
    "fees",
];

/// The most faults of a file that are named at once.
const MAX_FAULTS: usize = 1_000;

/// Reads JSON lines: on each line one procedure, as the mutation's input writes it. Empty lines are passed over.
pub fn read_json_lines(text: &str, most: usize) -> Result<Vec<Given>, Vec<UserError>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut given, mut faults) = (Vec::new(), Vec::new());
    for (index, row) in text.lines().enumerate() {
        if given.len() > most || faults.len() >= MAX_FAULTS {
            break;
        }
        if row.trim().is_empty() {
            continue;
        }
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        match serde_json::from_str::<ProcedureInput>(row) {
            Ok(input) => given.push(Given { line, input }),
            Err(error) => {
                let message = Message::new("procedure-json-unreadable")
                    .with("line", line)
                    .with("column", error.column())
                    .with("detail", error.to_string());
                faults.push(UserError::new(UserErrorCode::Malformed, &["jsonLines"], message).at_line(line));
            }
        }
    }
    if faults.is_empty() { Ok(given) } else { Err(faults) }
}

/// Reads a CSV file with a header line.
pub fn read_csv(text: &str, most: usize) -> Result<Vec<Given>, Vec<UserError>> {
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
    for column in ["code", "effective_from"] {
        if !headers.iter().any(|header| header == column) {
            let message = Message::new("procedure-csv-column-missing").with("column", column);
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
    let mut given = Vec::new();
    for (index, record) in reader.records().enumerate() {
        if given.len() > most || faults.len() >= MAX_FAULTS {
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
            given.push(Given { line, input });
        }
    }
    if faults.is_empty() { Ok(given) } else { Err(faults) }
}

struct Row<'a> {
    headers: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
    line: u32,
    faults: &'a mut Vec<UserError>,
}

impl Row<'_> {
    /// The cell of a column; none where the file has no such column.
    fn cell(&self, column: &str) -> Option<&str> {
        let position = self.headers.iter().position(|header| header == column)?;
        Some(self.record.get(position).unwrap_or_default())
    }

    fn text(&self, column: &str) -> Option<String> {
        self.cell(column).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The value of a cell that says something.
    fn value<T>(&mut self, column: &'static str, expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(column)?;
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

    fn limit(&mut self, column: &'static str) -> Option<TimeLimit> {
        self.value(column, "5 WORKING_DAY, 10 DAY, 8 HOUR", |text| {
            let (value, unit) = text.split_once(' ')?;
            Some(TimeLimit { value: value.parse().ok()?, unit: LimitUnit::from_str(unit.trim()).ok()? })
        })
    }

    fn read(&mut self) -> Option<ProcedureInput> {
        let day = |text: &str| (text.len() == 10).then(|| NaiveDate::from_str(text).ok()).flatten();
        let before = self.faults.len();
        let effective_from = self.value("effective_from", "YYYY-MM-DD", day);
        if effective_from.is_none() && self.faults.len() == before {
            let message = Message::new("procedure-csv-value")
                .with("line", self.line)
                .with("column", MessageArg::from("effective_from"))
                .with("expected", "YYYY-MM-DD")
                .with("given", "");
            self.faults
                .push(UserError::new(UserErrorCode::Required, &["csv", "effective_from"], message).at_line(self.line));
        }
        // Every column is read before any is given up, so that all faults of the line are named.
        let input = ProcedureInput {
            code: self.text("code").unwrap_or_default(),
            effective_from: effective_from.unwrap_or_default(),
            effective_to: match self.cell("effective_to") {
                None => MaybeUndefined::Undefined,
                Some("") => MaybeUndefined::Null,
                Some(_) => {
                    self.value("effective_to", "YYYY-MM-DD", day).map_or(MaybeUndefined::Null, MaybeUndefined::Value)
                }
            },
            change_kind: self.choice("change_kind", ChangeKind::ALL),
            decision_number: given(self.text("decision_number")),
            decision_date: given(self.value("decision_date", "YYYY-MM-DD", day)),
            replaced_by: given(self.text("replaced_by")),
            name: self.text("name"),
            field_code: self.text("field_code"),
            field_name: self.text("field_name"),
            field_group: self.choice("field_group", FieldGroup::ALL),
            level: self.choice("level", Level::ALL),
            audience: self.choice("audience", Audience::ALL),
            online_level: self.choice("online_level", OnlineLevel::ALL),
            has_financial_obligation: self.flag("has_financial_obligation"),
            online_payment_enabled: self.flag("online_payment_enabled"),
            online_eligible: self.flag("online_eligible"),
            online_provided: self.flag("online_provided"),
            integrated_on_national_portal: self.flag("integrated_on_national_portal"),
            payable_on_national_portal: self.flag("payable_on_national_portal"),
            inter_agency: self.flag("inter_agency"),
            access_channels: self.value("access_channels", "WEB|MOBILE|VNEID|ZALO|KIOSK|POSTAL", |text| {
                text.split('|').map(|one| AccessChannel::from_str(one.trim()).ok()).collect()
            }),
            statutory_limit: given(self.limit("statutory_limit")),
            committed_limit: given(self.limit("committed_limit")),
            fees: self.value("fees", "FEE ALL 8000; CHARGE ONLINE 4000", |text| text.split(';').map(fee).collect()),
            components: None,
        };
        (self.faults.len() == before).then_some(input)
    }
}

/// What a cell says; an empty one leaves what is stored.
fn given<T>(cell: Option<T>) -> MaybeUndefined<T> {
    cell.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value)
}

/// A fee line as CSV writes it: kind, way of handing in or ALL, amount in đồng.
fn fee(text: &str) -> Option<Fee> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [kind, channel, amount] = parts.as_slice() else { return None };
    let channel = match *channel {
        "ALL" => None,
        channel => Some(SubmissionChannel::from_str(channel).ok()?),
    };
    Some(Fee { kind: FeeKind::from_str(kind).ok()?, channel, amount: Vnd(amount.parse().ok()?), note: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "code,name,field_code,field_name,field_group,level,audience,online_level,has_financial_obligation,\
        online_payment_enabled,online_eligible,online_provided,integrated_on_national_portal,\
        payable_on_national_portal,effective_from";
    const GOOD: &str =
        "1.001193,Đăng ký khai sinh,HOTICH,Hộ tịch,OTHER,COMMUNE,CITIZEN,FULL,true,true,true,true,true,true,2025-07-01";

    #[test]
    fn a_file_is_read_and_all_its_faults_are_named() {
        let rows = read_csv(&format!("\u{feff}{HEADER}\n{GOOD}\n"), 10).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].line, 2);
        assert_eq!(rows[0].input.name.as_deref(), Some("Đăng ký khai sinh"));
        assert_eq!(rows[0].input.effective_to, MaybeUndefined::Undefined);

        let bad = "x,y,HOTICH,Hộ tịch,SKY,COMMUNE,CITIZEN,FULL,yes,true,true,true,true,true,1/7/2025";
        let faults = read_csv(&format!("{HEADER}\n{GOOD}\n{bad}\n"), 10).unwrap_err();
        let found: Vec<(Option<u32>, &str)> =
            faults.iter().map(|fault| (fault.line, fault.field[1].as_str())).collect();
        assert_eq!(
            found,
            [(Some(3), "effective_from"), (Some(3), "field_group"), (Some(3), "has_financial_obligation")]
        );
        let faults = read_csv("code,name,colour\n", 10).unwrap_err();
        let codes: Vec<UserErrorCode> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [UserErrorCode::Required, UserErrorCode::Malformed]);
        assert_eq!(read_csv("code,effective_from\n1.001193,\n", 10).unwrap_err()[0].code, UserErrorCode::Required);
    }

    #[test]
    fn limits_fees_and_channels_stand_in_a_cell() {
        let file = "code,effective_from,effective_to,access_channels,statutory_limit,committed_limit,fees\n\
            1.001193,2026-01-01,,WEB|VNEID,5 WORKING_DAY,8 HOUR,FEE ALL 8000; CHARGE ONLINE 0\n";
        let input = read_csv(file, 10).unwrap().remove(0).input;
        assert_eq!(input.effective_to, MaybeUndefined::Null);
        assert_eq!(input.access_channels, Some(vec![AccessChannel::Web, AccessChannel::Vneid]));
        assert_eq!(input.statutory_limit, MaybeUndefined::Value(TimeLimit { value: 5, unit: LimitUnit::WorkingDay }));
        assert_eq!(input.committed_limit, MaybeUndefined::Value(TimeLimit { value: 8, unit: LimitUnit::Hour }));
        let fees = input.fees.unwrap();
        assert_eq!((fees.len(), fees[0].amount, fees[1].channel), (2, Vnd(8000), Some(SubmissionChannel::Online)));
        for bad in ["5", "x DAY", "5 YEAR"] {
            let file = format!("code,effective_from,statutory_limit\n1.001193,2026-01-01,{bad}\n");
            assert_eq!(read_csv(&file, 10).unwrap_err().len(), 1, "{bad}");
        }
        let negative = read_csv("code,effective_from,fees\n1.001193,2026-01-01,FEE ALL -5\n", 10).unwrap();
        assert_eq!(negative[0].input.fees.as_ref().unwrap()[0].amount, Vnd(-5));
        assert!(read_csv("code,effective_from,fees\n1.001193,2026-01-01,FEE ALL 5.5\n", 10).is_err());
    }

    #[test]
    fn json_lines_are_the_mutations_input() {
        let lines = "{\"code\":\"1.001193\",\"effectiveFrom\":\"2026-01-01\",\"effectiveTo\":null,\
            \"components\":[{\"code\":\"TK\",\"name\":\"Tờ khai\",\"originals\":1}],\
            \"fees\":[{\"kind\":\"FEE\",\"amount\":8000}]}\n\n\
            {\"code\":\"1.000894\",\"effectiveFrom\":\"2026-01-01\"}\n";
        let given = read_json_lines(lines, 10).unwrap();
        assert_eq!((given.len(), given[1].line), (2, 3));
        assert_eq!(given[0].input.effective_to, MaybeUndefined::Null);
        assert_eq!(given[1].input.effective_to, MaybeUndefined::Undefined);
        assert_eq!(given[0].input.components.as_ref().unwrap()[0].name, "Tờ khai");
        let bad = "{\"code\":\"1.001193\"}\n{\"code\":1}\n{\"code\":\"x\",\"effectiveFrom\":\"2026-01-01\",\"level\":\"WARD\"}\nnot json\n";
        let faults = read_json_lines(bad, 10).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.line.unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }
}
