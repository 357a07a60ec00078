//! The rules of public assets, as pure functions. Money is whole đồng, areas are hundredths of a square metre.

use chrono::{Datelike, NaiveDate};
use entity::parameter::parameter;
pub use kernel::faults::MAX_TEXT;

use super::{AssetEndCause, AssetKind, AssetPaperKind, AssetPlanDecision, AssetPlanState, AssetUse};
use access::Action;
use base::parameter::rules::holds_on;
use kernel::faults::{not_before, not_later, text};
use kernel::i18n::{Language, Message};
use kernel::money::MAX_EXACT;
use kernel::money::{MAX_AMOUNT, MoneyUnit, shown as grouped};
use kernel::user_error::{UserError, UserErrorCode};

/// The longest name or address.
const MAX_NAME: usize = 500;
/// The longest number of a decision or paper.
const MAX_NUMBER: usize = 64;
/// The first year in which something that is still there may have been put to use.
const FIRST_YEAR: i32 = 1800;

/// A legal paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub kind: AssetPaperKind,
    /// Its number.
    pub number: String,
    /// Its day.
    pub date: NaiveDate,
}

/// What is recorded of an asset from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// From which day on it holds.
    pub effective_on: NaiveDate,
    /// Name.
    pub name: String,
    /// Address.
    pub address: Option<String>,
    /// Of land.
    pub land_area: Option<i64>,
    /// Of a house.
    pub floor_area: Option<i64>,
    /// The year in which it was put to use.
    pub year_of_use: i32,
    /// In đồng.
    pub original_cost: i64,
    /// In đồng.
    pub remaining_value: i64,
    /// What it is used for.
    pub used_for: AssetUse,
    /// Code of the land that a house stands on.
    pub land: Option<String>,
    /// Its legal paper; none where it has none.
    pub paper: Option<Paper>,
}

/// Which fields a kind has: the area of land, the area of floors, the land below, an address that must be there.
struct Shape {
    land_area: bool,
    floor_area: bool,
    stands_on_land: bool,
    has_place: bool,
}

fn shape(kind: AssetKind) -> Shape {
    let is = |wanted: AssetKind| kind == wanted;
    Shape {
        land_area: is(AssetKind::Land),
        floor_area: is(AssetKind::House),
        stands_on_land: is(AssetKind::House),
        has_place: kind.is_house_or_land(),
    }
}

fn not_of_kind(field: &[&str], kind: AssetKind) -> UserError {
    let message = Message::new("asset-field-not-of-kind").with("field", field.join(".")).with("kind", kind.as_str());
    UserError::new(UserErrorCode::FieldNotForKind, field, message)
}

fn area(field: &str, given: Option<i64>, has: bool, kind: AssetKind) -> Option<UserError> {
    match given {
        Some(_) if !has => Some(not_of_kind(&[field], kind)),
        None if has => {
            let message = Message::new("asset-field-missing").with("field", field).with("kind", kind.as_str());
            Some(UserError::new(UserErrorCode::Required, &[field], message))
        }
        Some(given) => number(field, given, 1),
        None => None,
    }
}

/// An amount or area: not below zero, and not beyond what one asset can have.
fn number(field: &str, given: i64, least: i64) -> Option<UserError> {
    if given < 0 {
        let message = Message::new("asset-negative").with("field", field).with("given", given);
        return Some(UserError::new(UserErrorCode::NegativeAmount, &[field], message).expecting(least, given));
    }
    (!(least..=MAX_AMOUNT).contains(&given)).then(|| {
        let message = Message::new("asset-number")
            .with("field", field)
            .with("min", least)
            .with("max", MAX_AMOUNT)
            .with("given", given);
        let expected = format!("{least}..{MAX_AMOUNT}");
        UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(expected, given)
    })
}

/// Checks what is recorded of an asset of a kind: every fault at once.
pub fn check(kind: AssetKind, details: &Details, today: NaiveDate) -> Vec<UserError> {
    let shape = shape(kind);
    let mut faults: Vec<UserError> = not_later(&["effectiveOn"], details.effective_on, today).into_iter().collect();
    faults.extend(text(&["name"], &details.name, MAX_NAME));
    if let Some(address) = details.address.as_deref().or(shape.has_place.then_some("")) {
        faults.extend(text(&["address"], address, MAX_NAME));
    }
    faults.extend(area("landArea", details.land_area, shape.land_area, kind));
    faults.extend(area("floorArea", details.floor_area, shape.floor_area, kind));
    if details.land.is_some() && !shape.stands_on_land {
        faults.push(not_of_kind(&["land"], kind));
    }
    let years = FIRST_YEAR..=details.effective_on.year();
    if !years.contains(&details.year_of_use) {
        let message = Message::new("asset-year").with("from", *years.start()).with("to", *years.end());
        let at = UserError::new(UserErrorCode::OutOfRange, &["yearOfUse"], message);
        faults.push(at.expecting(format!("{}..{}", years.start(), years.end()), details.year_of_use));
    }
    faults.extend(number("originalCost", details.original_cost, 0));
    faults.extend(number("remainingValue", details.remaining_value, 0));
    if details.remaining_value > details.original_cost {
        let message = Message::new("asset-above-original")
            .with("original", details.original_cost)
            .with("remaining", details.remaining_value);
        let at = UserError::new(UserErrorCode::AboveOriginalCost, &["remainingValue"], message);
        faults.push(at.expecting(format!("<= {}", details.original_cost), details.remaining_value));
    }
    if let Some(paper) = &details.paper {
        let fits = match paper.kind {
            AssetPaperKind::LandUseCertificate => kind.is_house_or_land(),
            AssetPaperKind::VehicleRegistration => kind == AssetKind::Car,
            AssetPaperKind::AllocationDecision | AssetPaperKind::Other => true,
        };
        if !fits {
            faults.push(not_of_kind(&["paper", "kind"], kind));
        }
        faults.extend(text(&["paper", "number"], &paper.number, MAX_NUMBER));
        faults.extend(not_later(&["paper", "date"], paper.date, today));
    }
    faults
}

/// From what original cost on an asset of the kind OTHER is kept, on a day. Before the first entry of the parameter
/// that first one holds; none where there is none.
pub fn threshold_on(entries: &[parameter::Model], day: NaiveDate) -> Option<i64> {
    let holding = entries.iter().find(|row| holds_on((row.effective_from, row.effective_to), day));
    holding.or(entries.first())?.value_number
}

/// An asset of the kind OTHER is kept from an original cost on.
pub fn below_threshold(kind: AssetKind, original_cost: i64, threshold: Option<i64>) -> Option<UserError> {
    let least = threshold.filter(|least| kind == AssetKind::Other && (0..*least).contains(&original_cost))?;
    let message = Message::new("asset-below-threshold").with("min", least).with("given", original_cost);
    let at = UserError::new(UserErrorCode::BelowThreshold, &["originalCost"], message);
    Some(at.expecting(format!(">= {least}"), original_cost))
}

/// What all assets of a programme can come to: the largest of each that was ever recorded, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Largest {
    /// Original costs, in đồng. Remaining values are never above them.
    pub original_cost: i64,
    /// Land, in hundredths of a square metre.
    pub land_area: i64,
    /// Floors, in hundredths of a square metre.
    pub floor_area: i64,
}

/// Sums stay within what every reader of JSON keeps exactly, on whatever day they are asked for.
pub fn too_large(sums: Largest) -> Vec<UserError> {
    [("originalCost", sums.original_cost), ("landArea", sums.land_area), ("floorArea", sums.floor_area)]
        .into_iter()
        .filter(|(_, sum)| *sum > MAX_EXACT)
        .map(|(field, sum)| {
            let message =
                Message::new("asset-sum-too-large").with("field", field).with("max", MAX_EXACT).with("sum", sum);
            UserError::new(UserErrorCode::SumTooLarge, &[field], message).expecting(format!("<= {MAX_EXACT}"), sum)
        })
        .collect()
}

/// How an asset ends, as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// From which day on it is there no more.
    pub on: NaiveDate,
    /// Why.
    pub cause: AssetEndCause,
    /// Number of the decision.
    pub decision_number: Option<String>,
    /// Its day.
    pub decision_date: Option<NaiveDate>,
}

/// Checks an end that comes after a last day on which the asset was there.
pub fn check_end(end: &End, last: NaiveDate, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = not_later(&["endedOn"], end.on, today).into_iter().collect();
    faults.extend(not_before(&["endedOn"], end.on, last.succ_opt().unwrap_or(last)));
    let given = end.decision_number.is_some() || end.decision_date.is_some();
    if given || end.cause != AssetEndCause::Lost {
        faults.extend(text(&["decisionNumber"], end.decision_number.as_deref().unwrap_or_default(), MAX_NUMBER));
        match end.decision_date {
            Some(date) => faults.extend(not_later(&["decisionDate"], date, end.on.min(today))),
            None => {
                let message = Message::new("asset-decision-day");
                faults.push(UserError::new(UserErrorCode::Required, &["decisionDate"], message));
            }
        }
    }
    faults
}

/// What a plan or scheme says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Code.
    pub code: String,
    /// When it was proposed.
    pub proposed_on: NaiveDate,
    /// In words.
    pub content: String,
    /// Of a scheme: first and last day, and the revenue expected, in đồng.
    pub scheme: Option<(NaiveDate, NaiveDate, i64)>,
}

/// Checks a plan or scheme of an asset that is kept from a day on.
pub fn check_proposal(proposal: &Proposal, first_on: NaiveDate, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = not_later(&["proposedOn"], proposal.proposed_on, today).into_iter().collect();
    faults.extend(not_before(&["proposedOn"], proposal.proposed_on, first_on));
    faults.extend(text(&["content"], &proposal.content, MAX_TEXT));
    if let Some((from, to, revenue)) = proposal.scheme {
        faults.extend(not_before(&["periodTo"], to, from));
        faults.extend(number("expectedRevenue", revenue, 0));
    }
    faults
}

/// Only houses and land are rearranged.
pub fn not_rearranged(kind: AssetKind) -> Option<UserError> {
    (!kind.is_house_or_land()).then(|| {
        let message = Message::new("asset-plan-not-of-kind").with("kind", kind.as_str());
        UserError::new(UserErrorCode::PlanNotForKind, &["asset"], message)
    })
}

/// Checks what is said with a decision, not before a day and not later than today.
pub fn check_decision(
    decision: AssetPlanDecision,
    (number, date): (Option<&str>, NaiveDate),
    reason: Option<&str>,
    (first, today): (NaiveDate, NaiveDate),
) -> Vec<UserError> {
    let mut faults = Vec::new();
    // An approval has a decision behind it; a rejection has a reason.
    if decision == AssetPlanDecision::Approve || number.is_some() {
        faults.extend(text(&["decisionNumber"], number.unwrap_or_default(), MAX_NUMBER));
    }
    if decision == AssetPlanDecision::Reject || reason.is_some() {
        faults.extend(text(&["reason"], reason.unwrap_or_default(), MAX_TEXT));
    }
    faults.extend(not_before(&["decisionDate"], date, first));
    faults.extend(not_later(&["decisionDate"], date, today));
    faults
}

/// Checks the day on which a plan was carried out: after its decision, and not after what replaced it.
pub fn check_done(day: NaiveDate, decided_on: NaiveDate, last: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = not_before(&["doneOn"], day, decided_on).into_iter().collect();
    faults.extend(not_later(&["doneOn"], day, last));
    faults
}

/// What may be done with an asset, in the order in which a screen shows it.
pub const ASSET_ACTIONS: [Action; 4] =
    [Action::RecordAsset, Action::ConfirmAsset, Action::TransferAsset, Action::ProposeAssetPlan];

/// What may be done with a plan or scheme.
pub const PLAN_ACTIONS: [Action; 3] = [Action::ProposeAssetPlan, Action::DecideAssetPlan, Action::CompleteAssetPlan];

/// The states of a plan from which an action may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [AssetPlanState] {
    match action {
        Action::ProposeAssetPlan | Action::DecideAssetPlan => &[AssetPlanState::Proposed],
        Action::CompleteAssetPlan => &[AssetPlanState::Approved, AssetPlanState::Done],
        _ => &[],
    }
}

/// The fault of wanting of a plan what can't be done in its state.
pub fn wrong_state(action: Action, state: AssetPlanState) -> Option<UserError> {
    (!from_states(action).contains(&state)).then(|| {
        let from: Vec<&str> = from_states(action).iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message = Message::new("asset-plan-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

/// Why an asset can't be confirmed, transferred or planned with, as it stands.
pub fn asset_fault(action: Action, confirmed: bool, has_draft: bool) -> Option<UserError> {
    let key = match action {
        Action::ConfirmAsset if !has_draft => "asset-nothing-to-confirm",
        Action::TransferAsset | Action::ProposeAssetPlan if !confirmed => "asset-not-confirmed",
        _ => return None,
    };
    Some(UserError::new(UserErrorCode::WrongState, &[], Message::new(key)))
}

/// An area as people read it: `1.234,50 m²` in Vietnamese.
pub fn area_shown(hundredths: i64, language: Language) -> String {
    let point = if language == Language::Vi { ',' } else { '.' };
    let whole = grouped(hundredths / 100, MoneyUnit::Dong, 0, language);
    format!("{whole}{point}{:02} m²", hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn details() -> Details {
        Details {
            effective_on: day(3, 1),
            name: "Trụ sở".to_owned(),
            address: Some("12 Lê Lợi".to_owned()),
            land_area: None,
            floor_area: None,
            year_of_use: 1998,
            original_cost: 1_000,
            remaining_value: 400,
            used_for: AssetUse::Office,
            land: None,
            paper: None,
        }
    }

    fn named(faults: &[UserError]) -> Vec<String> {
        faults.iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    }

    fn faults(kind: AssetKind, details: &Details) -> Vec<String> {
        named(&check(kind, details, day(9, 20)))
    }

    #[test]
    fn each_kind_has_its_fields() {
        use AssetKind::{Car, House, Land, Other};
        let land = Details { land_area: Some(50_000), ..details() };
        let house = Details { floor_area: Some(123_450), land: Some("DAT-1".to_owned()), ..details() };
        let car = Details { address: None, ..details() };
        let none = [""; 0];
        assert_eq!(faults(Land, &land), none);
        assert_eq!(faults(House, &house), none);
        assert_eq!(faults(Car, &car), none);
        assert_eq!(faults(Other, &car), none);
        assert_eq!(
            faults(Land, &house),
            ["REQUIRED landArea", "FIELD_NOT_FOR_KIND floorArea", "FIELD_NOT_FOR_KIND land"]
        );
        assert_eq!(faults(House, &land), ["FIELD_NOT_FOR_KIND landArea", "REQUIRED floorArea"]);
        assert_eq!(faults(Car, &house), ["FIELD_NOT_FOR_KIND floorArea", "FIELD_NOT_FOR_KIND land"]);
        assert_eq!(faults(Other, &land), ["FIELD_NOT_FOR_KIND landArea"]);
        assert_eq!(faults(Land, &Details { address: None, ..land.clone() }), ["REQUIRED address"]);
        let paper = |kind| Some(Paper { kind, number: "BM 1".to_owned(), date: day(1, 2) });
        let with = |of: &Details, kind| Details { paper: paper(kind), ..of.clone() };
        assert_eq!(faults(Land, &with(&land, AssetPaperKind::LandUseCertificate)), none);
        assert_eq!(faults(Car, &with(&car, AssetPaperKind::LandUseCertificate)), ["FIELD_NOT_FOR_KIND paper.kind"]);
        assert_eq!(
            faults(House, &with(&house, AssetPaperKind::VehicleRegistration)),
            ["FIELD_NOT_FOR_KIND paper.kind"]
        );
        assert_eq!(faults(Car, &with(&car, AssetPaperKind::VehicleRegistration)), none);
    }

    #[test]
    fn numbers_days_and_texts_have_bounds() {
        let car = Details { address: None, ..details() };
        let of = |change: &dyn Fn(&mut Details)| {
            let mut given = car.clone();
            change(&mut given);
            faults(AssetKind::Car, &given)
        };
        assert_eq!(of(&|car| car.remaining_value = 1_000), [""; 0]);
        assert_eq!(of(&|car| car.remaining_value = 1_001), ["ABOVE_ORIGINAL_COST remainingValue"]);
        assert_eq!(of(&|car| car.remaining_value = -1), ["NEGATIVE_AMOUNT remainingValue"]);
        assert_eq!(
            of(&|car| car.original_cost = -1),
            ["NEGATIVE_AMOUNT originalCost", "ABOVE_ORIGINAL_COST remainingValue"]
        );
        assert_eq!(of(&|car| car.original_cost = MAX_AMOUNT), [""; 0]);
        assert_eq!(of(&|car| car.original_cost = MAX_AMOUNT + 1), ["OUT_OF_RANGE originalCost"]);
        assert_eq!(of(&|car| car.effective_on = day(9, 20)), [""; 0]);
        assert_eq!(of(&|car| car.effective_on = day(9, 21)), ["OUT_OF_RANGE effectiveOn"]);
        assert_eq!(of(&|car| car.year_of_use = 2027), ["OUT_OF_RANGE yearOfUse"]);
        assert_eq!(of(&|car| car.year_of_use = 1799), ["OUT_OF_RANGE yearOfUse"]);
        assert_eq!(of(&|car| car.name = " ".to_owned()), ["REQUIRED name"]);
        let late = Paper { kind: AssetPaperKind::Other, number: String::new(), date: day(9, 21) };
        assert_eq!(of(&|car| car.paper = Some(late.clone())), ["REQUIRED paper.number", "OUT_OF_RANGE paper.date"]);
        let land = |area| Details { land_area: Some(area), ..details() };
        assert_eq!(faults(AssetKind::Land, &land(0)), ["OUT_OF_RANGE landArea"]);
        assert_eq!(faults(AssetKind::Land, &land(-1)), ["NEGATIVE_AMOUNT landArea"]);
    }

    #[test]
    fn other_assets_are_kept_from_a_cost_on() {
        let entry = |number, from, to| parameter::Model {
            id: uuid::Uuid::nil(),
            programme_id: uuid::Uuid::nil(),
            code: String::new(),
            title_vi: String::new(),
            title_en: String::new(),
            value_text: None,
            value_number: Some(number),
            unit: None,
            effective_from: from,
            effective_to: to,
            legal_basis: String::new(),
            note: None,
            verified: false,
        };
        let entries = [entry(500, day(3, 1), Some(day(6, 30))), entry(700, day(7, 1), None)];
        let on = |month| threshold_on(&entries, day(month, 1));
        assert_eq!((on(1), on(3), on(7), threshold_on(&[], day(7, 1))), (Some(500), Some(500), Some(700), None));
        let fault = |kind, cost| below_threshold(kind, cost, Some(500)).map(|fault| fault.code);
        assert_eq!(fault(AssetKind::Other, 499), Some(UserErrorCode::BelowThreshold));
        assert_eq!(
            (fault(AssetKind::Other, 500), fault(AssetKind::Car, 1), fault(AssetKind::Other, -1)),
            (None, None, None)
        );
    }

    #[test]
    fn sums_stay_exact() {
        let sums = Largest { original_cost: MAX_EXACT, land_area: MAX_EXACT + 1, floor_area: 7 };
        assert_eq!(named(&too_large(sums)), ["SUM_TOO_LARGE landArea"]);
    }

    #[test]
    fn an_end_comes_after_what_was_there() {
        let end = |on, cause, number: Option<&str>, date| End {
            on,
            cause,
            decision_number: number.map(str::to_owned),
            decision_date: date,
        };
        let faults = |end: &End| named(&check_end(end, day(3, 1), day(9, 20)));
        assert_eq!(faults(&end(day(3, 2), AssetEndCause::Sold, Some("1"), Some(day(2, 1)))), [""; 0]);
        assert_eq!(faults(&end(day(3, 1), AssetEndCause::Lost, None, None)), ["OUT_OF_RANGE endedOn"]);
        assert_eq!(
            faults(&end(day(9, 21), AssetEndCause::Sold, None, None)),
            ["OUT_OF_RANGE endedOn", "REQUIRED decisionNumber", "REQUIRED decisionDate"]
        );
        assert_eq!(
            faults(&end(day(4, 1), AssetEndCause::Lost, Some("1"), Some(day(4, 2)))),
            ["OUT_OF_RANGE decisionDate"]
        );
    }

    #[test]
    fn plans_and_decisions_have_their_days() {
        let proposal =
            |on, scheme| Proposal { code: "PA-1".to_owned(), proposed_on: on, content: "x".to_owned(), scheme };
        let faults = |proposal: &Proposal| named(&check_proposal(proposal, day(3, 1), day(9, 20)));
        assert_eq!(faults(&proposal(day(3, 1), Some((day(4, 1), day(4, 1), 0)))), [""; 0]);
        assert_eq!(faults(&proposal(day(2, 28), None)), ["OUT_OF_RANGE proposedOn"]);
        assert_eq!(
            faults(&proposal(day(9, 21), Some((day(4, 2), day(4, 1), -1)))),
            ["OUT_OF_RANGE proposedOn", "OUT_OF_RANGE periodTo", "NEGATIVE_AMOUNT expectedRevenue"]
        );
        use AssetPlanDecision::{Approve, Reject};
        let decided = |decision, number, on, reason| {
            named(&check_decision(decision, (number, on), reason, (day(3, 1), day(9, 20))))
        };
        assert_eq!(decided(Approve, Some("1"), day(3, 1), None), [""; 0]);
        assert_eq!(decided(Approve, None, day(9, 21), None), ["REQUIRED decisionNumber", "OUT_OF_RANGE decisionDate"]);
        assert_eq!(decided(Reject, None, day(2, 1), None), ["REQUIRED reason", "OUT_OF_RANGE decisionDate"]);
        assert_eq!(decided(Reject, None, day(3, 1), Some("Chưa đủ.")), [""; 0]);
        assert_eq!(named(&check_done(day(2, 1), day(3, 1), day(9, 20))), ["OUT_OF_RANGE doneOn"]);
        assert_eq!(named(&check_done(day(9, 21), day(3, 1), day(9, 20))), ["OUT_OF_RANGE doneOn"]);
        assert_eq!(not_rearranged(AssetKind::Car).unwrap().code, UserErrorCode::PlanNotForKind);
        assert_eq!(not_rearranged(AssetKind::House), None);
    }

    #[test]
    fn states_and_confirmation_bound_what_is_done() {
        use AssetPlanState::{Approved, Done, Proposed, Rejected, Replaced};
        for (action, from) in [
            (Action::ProposeAssetPlan, &[Proposed][..]),
            (Action::DecideAssetPlan, &[Proposed][..]),
            (Action::CompleteAssetPlan, &[Approved, Done][..]),
        ] {
            for state in [Proposed, Approved, Rejected, Done, Replaced] {
                assert_eq!(wrong_state(action, state).is_none(), from.contains(&state), "{action} {state}");
            }
        }
        let fault =
            |action, confirmed, draft| asset_fault(action, confirmed, draft).map(|fault| fault.message.to_string());
        assert!(
            fault(Action::ConfirmAsset, true, false).is_some() && fault(Action::ConfirmAsset, false, true).is_none()
        );
        assert!(
            fault(Action::TransferAsset, false, true).is_some() && fault(Action::TransferAsset, true, false).is_none()
        );
        assert!(
            fault(Action::ProposeAssetPlan, false, true).is_some()
                && fault(Action::RecordAsset, false, false).is_none()
        );
    }

    #[test]
    fn areas_lose_no_digit() {
        assert_eq!(area_shown(123_450, Language::Vi), "1.234,50 m²");
        assert_eq!(area_shown(5, Language::En), "0.05 m²");
        assert_eq!(area_shown(12_345_678_901, Language::En), "123,456,789.01 m²");
    }
}
