use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use kernel::units::OrganisationKind;

const LEVELS: Levels = Levels { whole: 100, high: 70, middle: 30, low: 10 };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn money(revenue: i64, expenditure: i64) -> Money {
    Money { revenue, expenditure, invests: false, investment: 0 }
}

fn class(revenue: i64, expenditure: i64) -> String {
    class_of(money(revenue, expenditure), LEVELS).map_or("none".to_owned(), |class| class.to_string())
}

fn unit(kind: OrganisationKind) -> organisation::Model {
    organisation::Model {
        id: Uuid::nil(),
        programme_id: None,
        code: "TTSNC".to_owned(),
        kind: kind.as_str().to_owned(),
        name_vi: String::new(),
        name_en: String::new(),
        search_name: String::new(),
        parent_id: None,
        identifier_code: None,
        budget_unit_code: None,
        standing_body: false,
        stated_in_plan: false,
        section: None,
        note: None,
        effective_from: day("2025-07-01"),
        effective_to: Some(day("2028-06-30")),
    }
}

#[test]
fn thresholds_are_exact_and_belong_to_the_higher_group() {
    let found: Vec<String> = [
        (1_000, 1_000),
        (999, 1_000),
        (700, 1_000),
        (699_999_999_999, 1_000_000_000_000),
        (300, 1_000),
        (299, 1_000),
        (100, 1_000),
        (99, 1_000),
        (0, 1),
        (1, 0),
        (MAX_EXACT, MAX_EXACT),
        (MAX_EXACT - 1, MAX_EXACT),
    ]
    .into_iter()
    .map(|(revenue, expenditure)| class(revenue, expenditure))
    .collect();
    assert_eq!(
        found,
        [
            "GROUP_2",
            "GROUP_3 HIGH",
            "GROUP_3 HIGH",
            "GROUP_3 MIDDLE",
            "GROUP_3 MIDDLE",
            "GROUP_3 LOW",
            "GROUP_3 LOW",
            "GROUP_4",
            "GROUP_4",
            "none",
            "GROUP_2",
            "GROUP_3 HIGH",
        ]
    );
    let invests = |revenue, investment| Money { invests: true, investment, ..money(revenue, 1_000) };
    let group = |money| class_of(money, LEVELS).unwrap().group;
    assert_eq!(group(invests(1_200, 5)), AutonomyGroup::Group1);
    // A declaration without an amount finances nothing; nor does investment make up for recurrent expenditure.
    assert_eq!(group(invests(1_200, 0)), AutonomyGroup::Group2);
    assert_eq!(group(invests(999, 5)), AutonomyGroup::Group3);
}

#[test]
fn thresholds_are_four_falling_percentages() {
    assert_eq!(Levels::parse("100, 70,30,10"), Some(LEVELS));
    assert_eq!(Levels::parse(&LEVELS.to_string()), Some(LEVELS));
    for text in ["", "100,70,30", "100,70,30,10,5", "100,70,70,10", "10,30,70,100", "100,70,30,0", "100,70,30,x"] {
        assert_eq!(Levels::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn more_revenue_never_means_less_autonomy(revenue in 0..=MAX_EXACT, more in 0..1_000_000_i64, expenditure in 1..=MAX_EXACT) {
        let place = |revenue: i64| {
            let class = class_of(money(revenue, expenditure), LEVELS).unwrap();
            (class.group, class.band)
        };
        prop_assert!(place(revenue.saturating_add(more)) <= place(revenue));
    }
}

fn proposal() -> Proposal {
    Proposal {
        from_year: 2026,
        to_year: None,
        money: money(40, 100),
        group: AutonomyGroup::Group3,
        band: None,
        explanation: None,
        reason: None,
    }
}

fn faults_of(change: impl Fn(&mut Proposal), next_edition: bool, others: &[Span]) -> Vec<String> {
    let mut wanted = proposal();
    change(&mut wanted);
    let unit = unit(OrganisationKind::PublicServiceUnit);
    let against = Against { unit: &unit, others, levels: LEVELS, most_years: 5, next_edition };
    let faults = check(&wanted, against).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
}

#[test]
fn a_proposal_agrees_with_its_amounts_or_says_why_not() {
    let faults = |change: &dyn Fn(&mut Proposal)| faults_of(change, false, &[]);
    let none: [&str; 0] = [];
    assert_eq!(faults(&|_| {}), none);
    assert_eq!(faults(&|p| p.band = Some(AutonomyBand::Middle)), none);
    assert_eq!(faults(&|p| p.band = Some(AutonomyBand::High)), ["EXPLANATION_REQUIRED explanation"]);
    assert_eq!(faults(&|p| p.group = AutonomyGroup::Group4), ["EXPLANATION_REQUIRED explanation"]);
    let explained = |p: &mut Proposal| {
        p.group = AutonomyGroup::Group4;
        p.explanation = Some(" Nguồn thu không ổn định. ".to_owned());
    };
    assert_eq!(faults(&explained), none);
    assert_eq!(
        faults(&|p| {
            p.group = AutonomyGroup::Group4;
            p.explanation = Some("  ".to_owned());
        }),
        ["EXPLANATION_REQUIRED explanation"]
    );
    // The amounts say group 2: there is no band to take over.
    assert_eq!(faults(&|p| p.money.revenue = 100), ["REQUIRED band"]);
    assert_eq!(
        faults(&|p| {
            p.group = AutonomyGroup::Group4;
            p.band = Some(AutonomyBand::Low);
        }),
        ["REQUIRED band"]
    );
    assert_eq!(faults(&|p| p.money.expenditure = 0), ["OUT_OF_RANGE recurrentExpenditure"]);
    assert_eq!(faults(&|p| p.money.revenue = -1), ["NEGATIVE_AMOUNT recurrentRevenue"]);
    assert_eq!(faults(&|p| p.money.invests = true), ["REQUIRED investmentAmount"]);
    assert_eq!(faults(&|p| p.money.investment = 1), ["REQUIRED investmentAmount"]);
    assert_eq!(faults(&|p| p.explanation = Some("x".repeat(MAX_TEXT + 1))), ["OUT_OF_RANGE explanation"]);
}

#[test]
fn a_period_has_its_years_its_unit_and_no_other_beside_it() {
    let faults = |change: &dyn Fn(&mut Proposal)| faults_of(change, false, &[]);
    let none: [&str; 0] = [];
    assert_eq!(faults(&|p| p.to_year = Some(2030)), none);
    assert_eq!(faults(&|p| p.to_year = Some(2031)), ["OUT_OF_RANGE toYear"]);
    assert_eq!(faults(&|p| p.to_year = Some(2025)), ["OUT_OF_RANGE toYear"]);
    assert_eq!(faults(&|p| p.from_year = 2020), ["OUT_OF_RANGE fromYear"]);
    // The unit ends in June 2028.
    assert_eq!(faults(&|p| p.from_year = 2028), none);
    assert_eq!(faults(&|p| p.from_year = 2029), ["NOT_IN_FORCE organisation"]);
    let other = [Span { from: 2021, to: 2025 }, Span { from: 2030, to: 2034 }];
    assert_eq!(faults_of(|_| {}, false, &other), ["OVERLAP fromYear"]);
    assert_eq!(faults_of(|p| p.to_year = Some(2029), false, &other), none);
    assert_eq!(faults_of(|_| {}, true, &[]), ["EXPLANATION_REQUIRED reason"]);
    assert_eq!(faults_of(|p| p.reason = Some("Tính lại nguồn thu.".to_owned()), true, &[]), none);
    let division = unit(OrganisationKind::Division);
    let against = Against { unit: &division, others: &[], levels: LEVELS, most_years: 5, next_edition: false };
    let faults = check(&proposal(), against).unwrap_err();
    assert_eq!(faults[0].code, UserErrorCode::FormNotForOrganisation);
}

#[test]
fn a_decision_has_its_day_and_holds_within_the_period() {
    let unit = unit(OrganisationKind::School);
    let span = Span { from: 2026, to: 2030 };
    let faults = |number: &str, date: &str, from: &str| -> Vec<String> {
        let faults = check_decision((number, day(date), day(from)), span, &unit, day("2026-09-20"));
        faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(faults("5/QĐ-UBND", "2025-01-01", "2026-01-01"), none);
    assert_eq!(
        faults("", "2024-12-31", "2025-12-31"),
        ["REQUIRED decisionNumber", "OUT_OF_RANGE decisionDate", "OUT_OF_RANGE effectiveFrom",]
    );
    assert_eq!(
        faults("5", "2026-09-21", "2031-01-01"),
        ["OUT_OF_RANGE decisionDate", "OUT_OF_RANGE effectiveFrom", "NOT_IN_FORCE effectiveFrom",]
    );
    assert_eq!(faults("5", "2026-09-20", "2028-07-01"), ["NOT_IN_FORCE effectiveFrom"]);
}

#[test]
fn the_next_edition_cuts_the_one_before_short() {
    let whole = (day("2026-01-01"), day("2030-12-31"));
    assert_eq!(cut_short(whole, day("2028-01-01")), day("2027-12-31"));
    // A correction from the first day on, or from before, leaves no day.
    assert_eq!(cut_short(whole, day("2026-01-01")), day("2025-12-31"));
    assert_eq!(cut_short(whole, day("2025-06-01")), day("2025-12-31"));
    // What was cut short already is not made longer.
    assert_eq!(cut_short((day("2026-01-01"), day("2026-12-31")), day("2028-01-01")), day("2026-12-31"));
}

#[test]
fn the_whole_table_of_states() {
    let rows: Vec<String> = AUTONOMY_ACTIONS
        .iter()
        .map(|&action| {
            let open = |state: &&AutonomyState| wrong_state(action, **state).is_none();
            let from: Vec<&str> = AutonomyState::ALL.iter().filter(open).map(|state| state.as_str()).collect();
            format!("{action}: {}", from.join(" "))
        })
        .collect();
    assert_eq!(
        rows,
        ["PROPOSE_AUTONOMY: PROPOSED RETURNED DECIDED", "APPRAISE_AUTONOMY: PROPOSED", "DECIDE_AUTONOMY: APPRAISED"]
    );
    assert_eq!(from_states(Action::AcceptForm), []);
}
