//! The rules of information systems and their integrations, as pure functions.

use chrono::NaiveDate;

use super::{IntegrationDirection, IntegrationStatus, Platform, SystemLevel, SystemState};
use crate::rules::MAX_NAME;
use kernel::faults::MAX_TEXT;
use kernel::faults::{code_fault, not_before, not_later, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// The lowest and the highest security level (cấp độ an toàn hệ thống thông tin, NĐ 85/2016/NĐ-CP).
pub const SECURITY_LEVELS: (i32, i32) = (1, 5);

/// The security level of a system, with the decision that approved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// 1 to 5.
    pub level: i32,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
}

/// An information system as it is entered, beside its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Who provides it.
    pub level: SystemLevel,
    /// What it is for.
    pub purpose: String,
    /// Its security level, once that is approved.
    pub security: Option<Security>,
    /// First day of use; none while it is planned.
    pub used_from: Option<NaiveDate>,
    /// Last day of use.
    pub used_to: Option<NaiveDate>,
}

/// Checks a system: every fault at once. A first day to come is a plan; a last day may be decided beforehand.
pub fn check(wanted: &Wanted, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    faults.extend(text(&["name"], &wanted.name, MAX_NAME));
    faults.extend(text(&["purpose"], &wanted.purpose, MAX_TEXT));
    if let Some(security) = &wanted.security {
        let (least, most) = SECURITY_LEVELS;
        if !(least..=most).contains(&security.level) {
            let message = Message::new("digital-security-level").with("least", least).with("most", most);
            let fault = UserError::new(UserErrorCode::OutOfRange, &["security", "level"], message);
            faults.push(fault.expecting(format!("{least}-{most}"), security.level));
        }
        faults.extend(text(&["security", "decisionNumber"], &security.decision_number, 64));
        faults.extend(not_later(&["security", "decisionDate"], security.decision_date, today));
    }
    match (wanted.used_from, wanted.used_to) {
        (None, Some(_)) => {
            faults.push(UserError::new(UserErrorCode::Required, &["usedFrom"], Message::new("digital-used-from")));
        }
        (Some(from), Some(to)) => faults.extend(not_before(&["usedTo"], to, from)),
        _ => {}
    }
    faults
}

/// Whether a system is used on a day.
pub fn state_on((from, to): (Option<NaiveDate>, Option<NaiveDate>), day: NaiveDate) -> SystemState {
    match from {
        Some(from) if from <= day => {
            if to.is_some_and(|to| to < day) {
                SystemState::Ended
            } else {
                SystemState::InUse
            }
        }
        _ => SystemState::Planned,
    }
}

/// What became of an integration, as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// With which platform.
    pub platform: Platform,
    /// Which way data goes.
    pub direction: IntegrationDirection,
    /// How far it is.
    pub status: IntegrationStatus,
    /// From which day.
    pub since: NaiveDate,
    /// A remark.
    pub note: Option<String>,
}

/// What is recorded of an integration, as the rules need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Which way data goes.
    pub direction: IntegrationDirection,
    /// How far it is.
    pub status: IntegrationStatus,
    /// From which day.
    pub since: NaiveDate,
    /// Whether somebody confirmed it.
    pub confirmed: bool,
}

impl Event {
    /// Whether it counts: that something is live must be confirmed.
    pub fn counts(&self) -> bool {
        self.confirmed || self.status != IntegrationStatus::Live
    }
}

/// Checks what became of an integration against its history, in the order of recording: every fault at once. History is
/// not rewritten: nothing begins before what was recorded last, which one of the same day sets right.
pub fn check_event(
    wanted: &NewEvent,
    history: &[Event],
    used: (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
) -> Vec<UserError> {
    let mut faults: Vec<UserError> = not_later(&["since"], wanted.since, today).into_iter().collect();
    if let Some(note) = wanted.note.as_deref() {
        faults.extend(text(&["note"], note, MAX_TEXT));
    }
    if let Some(last) = history.last() {
        faults.extend(not_before(&["since"], wanted.since, last.since));
        if (last.direction, last.status) == (wanted.direction, wanted.status) {
            let message = Message::new("digital-integration-same").with("since", last.since.to_string());
            faults.push(UserError::new(UserErrorCode::Duplicate, &["status"], message));
        }
    }
    let live = wanted.status == IntegrationStatus::Live;
    if live && state_on(used, wanted.since) != SystemState::InUse {
        let message = Message::new("digital-integration-unused").with("day", wanted.since.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &["since"], message));
    }
    faults
}

/// What there is to confirm: the last event, where that says that it is live and nobody confirmed it.
pub fn to_confirm(history: &[Event]) -> Result<usize, Box<UserError>> {
    let fault = |key| Box::new(UserError::new(UserErrorCode::WrongState, &["platform"], Message::new(key)));
    match history.last() {
        None => Err(fault("digital-integration-none")),
        Some(last) if last.status != IntegrationStatus::Live => Err(fault("digital-integration-not-live")),
        Some(last) if last.confirmed => Err(fault("digital-integration-confirmed")),
        Some(_) => Ok(history.len() - 1),
    }
}

/// What holds of an integration on a day: of the events that count, the one recorded last among the latest.
pub fn holding(history: &[Event], day: NaiveDate) -> Option<&Event> {
    history.iter().rfind(|event| event.counts() && event.since <= day)
}

/// Whether an integration is live on a day.
pub fn live_on(history: &[Event], day: NaiveDate) -> bool {
    holding(history, day).is_some_and(|event| event.status == IntegrationStatus::Live)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn fields(faults: Vec<UserError>) -> Vec<String> {
        faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn a_system_has_days_in_order_and_a_level_that_was_approved() {
        let sound = Wanted {
            code: "HT-MOTCUA".to_owned(),
            name: "Hệ thống thông tin giải quyết TTHC".to_owned(),
            level: SystemLevel::City,
            purpose: "Tiếp nhận, giải quyết hồ sơ".to_owned(),
            security: Some(Security { level: 3, decision_number: "12/QĐ".to_owned(), decision_date: day(2, 1) }),
            used_from: Some(day(1, 1)),
            used_to: None,
        };
        let with = |change: &dyn Fn(&mut Wanted)| {
            let mut wanted = sound.clone();
            change(&mut wanted);
            fields(check(&wanted, day(9, 20)))
        };
        assert_eq!(with(&|_| {}), [""; 0]);
        assert_eq!(with(&|one| one.used_from = None), [""; 0]);
        assert_eq!(with(&|one| one.used_to = Some(day(1, 1))), [""; 0]);
        assert_eq!(with(&|one| one.used_to = NaiveDate::from_ymd_opt(2025, 12, 31)), ["OUT_OF_RANGE usedTo"]);
        assert_eq!(with(&|one| (one.used_from, one.used_to) = (None, Some(day(3, 1)))), ["REQUIRED usedFrom"]);
        for level in [0, 6, -1] {
            let faults = with(&|one| one.security.as_mut().unwrap().level = level);
            assert_eq!(faults, ["OUT_OF_RANGE security.level"]);
        }
        let undecided = with(&|one| {
            let security = one.security.as_mut().unwrap();
            (security.decision_number, security.decision_date) = (" ".to_owned(), day(9, 21));
        });
        assert_eq!(undecided, ["REQUIRED security.decisionNumber", "OUT_OF_RANGE security.decisionDate"]);
        let empty = with(&|one| (one.code, one.name, one.purpose) = ("x".to_owned(), String::new(), String::new()));
        assert_eq!(empty, ["MALFORMED code", "REQUIRED name", "REQUIRED purpose"]);
    }

    #[test]
    fn days_say_whether_it_is_used() {
        use SystemState::{Ended, InUse, Planned};
        let days = (Some(day(3, 1)), Some(day(6, 30)));
        assert_eq!(
            [day(2, 28), day(3, 1), day(6, 30), day(7, 1)].map(|on| state_on(days, on)),
            [Planned, InUse, InUse, Ended]
        );
        assert_eq!(state_on((None, None), day(7, 1)), Planned);
    }

    fn event(status: IntegrationStatus, since: NaiveDate, confirmed: bool) -> Event {
        Event { direction: IntegrationDirection::Both, status, since, confirmed }
    }

    #[test]
    fn history_only_grows() {
        use IntegrationStatus::{Live, Stopped, Testing};
        let used = (Some(day(2, 1)), Some(day(8, 31)));
        let history = [event(Testing, day(3, 1), false)];
        let with = |status, since, history: &[Event]| {
            let direction = IntegrationDirection::Both;
            let wanted = NewEvent { platform: Platform::Lgsp, direction, status, since, note: None };
            fields(check_event(&wanted, history, used, day(9, 20)))
        };
        assert_eq!(with(Live, day(4, 1), &history), [""; 0]);
        assert_eq!(with(Live, day(3, 1), &history), [""; 0]);
        assert_eq!(with(Live, day(2, 28), &history), ["OUT_OF_RANGE since"]);
        assert_eq!(with(Testing, day(4, 1), &history), ["DUPLICATE status"]);
        assert_eq!(with(Stopped, day(9, 21), &history), ["OUT_OF_RANGE since"]);
        // Nothing is live in a system that is not used, before its first day and after its last.
        assert_eq!(with(Live, day(1, 31), &[]), ["NOT_IN_FORCE since"]);
        assert_eq!(with(Live, day(9, 1), &history), ["NOT_IN_FORCE since"]);
        assert_eq!(with(Testing, day(1, 31), &[]), [""; 0]);
    }

    #[test]
    fn only_what_was_confirmed_is_live() {
        use IntegrationStatus::{Live, Stopped, Testing};
        let mut history = vec![event(Testing, day(3, 1), false), event(Live, day(4, 1), false)];
        assert!(!live_on(&history, day(5, 1)));
        assert_eq!(holding(&history, day(5, 1)).unwrap().status, Testing);
        assert_eq!(to_confirm(&history).unwrap(), 1);
        history[1].confirmed = true;
        assert!(live_on(&history, day(4, 1)) && !live_on(&history, day(3, 31)));
        assert!(to_confirm(&history).is_err());
        // A change of what is live counts when it is confirmed; a stop does at once.
        history.push(Event { direction: IntegrationDirection::Out, ..event(Live, day(6, 1), false) });
        assert!(live_on(&history, day(6, 1)));
        assert_eq!(holding(&history, day(6, 1)).unwrap().direction, IntegrationDirection::Both);
        history.push(event(Stopped, day(7, 1), false));
        assert!(live_on(&history, day(6, 30)) && !live_on(&history, day(7, 1)));
        assert!(to_confirm(&history).is_err() && to_confirm(&[]).is_err());
        // Set right on the same day: the later word holds.
        history.push(event(Live, day(7, 1), true));
        assert!(live_on(&history, day(7, 1)));
    }
}
