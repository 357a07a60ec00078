//! The rules of functions and tasks, as pure functions.

use chrono::NaiveDate;
use entity::apparatus::organisation_function;
use entity::organisation::organisation;
use kernel::faults::MAX_TEXT;

use super::{FunctionKind, FunctionRole};
use kernel::faults::{code_fault, not_before, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// A function, task or power as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionInput {
    /// Code, unique in its organisation.
    pub code: String,
    /// Which of the three.
    pub kind: FunctionKind,
    /// What it is.
    pub title: String,
    /// The reform area, by code.
    pub area: Option<String>,
    /// The field of management.
    pub field: Option<String>,
    /// What gives it.
    pub legal_basis: String,
    /// The post that answers for it.
    pub post_title: String,
    /// Leads or coordinates.
    pub role: FunctionRole,
    /// First day.
    pub effective_from: NaiveDate,
    /// Last day.
    pub effective_to: Option<NaiveDate>,
}

const MAX_TITLE: usize = 200;

/// Checks one line against its organisation: every fault at once. `index` counts from 0.
pub fn check(
    input: &FunctionInput,
    index: usize,
    organisation: &organisation::Model,
    areas: &[String],
) -> Vec<UserError> {
    let place = index.to_string();
    let field = |name: &'static str| ["functions", place.as_str(), name];
    let mut faults: Vec<UserError> = code_fault(&field("code"), &input.code).into_iter().collect();
    faults.extend(text(&field("title"), &input.title, MAX_TEXT));
    faults.extend(text(&field("legalBasis"), &input.legal_basis, MAX_TEXT));
    faults.extend(text(&field("postTitle"), &input.post_title, MAX_TITLE));
    if let Some(given) = &input.field {
        faults.extend(text(&field("field"), given, MAX_TITLE));
    }
    if let Some(area) = input.area.as_ref().filter(|area| !areas.contains(area)) {
        let shown: String = area.chars().take(64).collect();
        let message = Message::new("function-unknown-area").with("code", shown);
        let fault = UserError::new(UserErrorCode::UnknownCode, &field("area"), message);
        faults.push(fault.expecting(areas.join(", "), area));
    }
    if let Some(last) = input.effective_to {
        faults.extend(not_before(&field("effectiveTo"), last, input.effective_from));
    }
    faults.extend(not_before(&field("effectiveFrom"), input.effective_from, organisation.effective_from));
    if let Some(last) = organisation.effective_to.filter(|last| input.effective_from > *last) {
        let message =
            Message::new("change-ended").with("code", organisation.code.as_str()).with("last", last.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &field("effectiveFrom"), message));
    }
    let line = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
    faults.into_iter().map(|fault| fault.at_line(line)).collect()
}

/// The same, as it was stored.
pub fn stored(row: &organisation_function::Model) -> Option<FunctionInput> {
    Some(FunctionInput {
        code: row.code.clone(),
        kind: row.kind.parse().ok()?,
        title: row.title.clone(),
        area: row.area_code.clone(),
        field: row.field.clone(),
        legal_basis: row.legal_basis.clone(),
        post_title: row.post_title.clone(),
        role: row.role.parse().ok()?,
        effective_from: row.effective_from,
        effective_to: row.effective_to,
    })
}

/// The same with the blanks around its texts cut off, as it is stored.
pub fn trimmed(input: &FunctionInput) -> FunctionInput {
    let trim = |text: &str| text.trim().to_owned();
    FunctionInput {
        title: trim(&input.title),
        field: input.field.as_deref().map(trim),
        legal_basis: trim(&input.legal_basis),
        post_title: trim(&input.post_title),
        ..input.clone()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, 1).unwrap()
    }

    #[test]
    fn a_function_has_a_post_a_basis_and_days_within_its_organisation() {
        let organisation = organisation::Model {
            id: Uuid::nil(),
            programme_id: None,
            code: "VHXH".to_owned(),
            kind: "DIVISION".to_owned(),
            name_vi: String::new(),
            name_en: String::new(),
            search_name: String::new(),
            parent_id: None,
            identifier_code: None,
            budget_unit_code: None,
            standing_body: true,
            stated_in_plan: true,
            section: None,
            note: None,
            effective_from: day(2),
            effective_to: Some(day(9)),
        };
        let sound = FunctionInput {
            code: "NV-01".to_owned(),
            kind: FunctionKind::Task,
            title: "Tham mưu cải cách hành chính".to_owned(),
            area: Some("APPARATUS".to_owned()),
            field: None,
            legal_basis: "Nghị định 150/2025/NĐ-CP".to_owned(),
            post_title: "Trưởng phòng".to_owned(),
            role: FunctionRole::Lead,
            effective_from: day(3),
            effective_to: None,
        };
        let fields = |change: &dyn Fn(&mut FunctionInput)| -> Vec<String> {
            let mut input = sound.clone();
            change(&mut input);
            let faults = check(&input, 4, &organisation, &["APPARATUS".to_owned()]);
            faults.into_iter().map(|fault| format!("{} {}", fault.line.unwrap(), fault.field[2])).collect()
        };
        let none: [&str; 0] = [];
        assert_eq!(fields(&|_| {}), none);
        assert_eq!(fields(&|input| input.post_title = " ".to_owned()), ["5 postTitle"]);
        assert_eq!(fields(&|input| input.legal_basis.clear()), ["5 legalBasis"]);
        assert_eq!(fields(&|input| input.code = "x".to_owned()), ["5 code"]);
        assert_eq!(fields(&|input| input.area = Some("X".to_owned())), ["5 area"]);
        assert_eq!(fields(&|input| input.effective_to = Some(day(2))), ["5 effectiveTo"]);
        assert_eq!(fields(&|input| input.effective_from = day(1)), ["5 effectiveFrom"]);
        assert_eq!(fields(&|input| input.effective_from = day(10)), ["5 effectiveFrom"]);
        let mut blanks = sound.clone();
        blanks.title = format!(" {} ", sound.title);
        assert_eq!(trimmed(&blanks), sound);
    }
}
