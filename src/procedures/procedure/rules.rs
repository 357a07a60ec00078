//! What a procedure says, and what must hold of it, as pure functions.

use std::collections::HashSet;

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use kernel::i18n::Message;
use kernel::money::MAX_EXACT;
use kernel::text_enum::text_enum;
use kernel::user_error::{UserError, UserErrorCode};
use kit::scalar::Vnd;

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

text_enum! {
    /// What a version is (loại thay đổi): how the decision that announced it calls the change.
    pub enum ChangeKind {
        /// Newly issued (mới ban hành).
        New = "NEW",
        /// Amended or supplemented (sửa đổi, bổ sung).
        Amended = "AMENDED",
        /// The centre's own record changed, such as whether it is provided online; nothing was announced (cập nhật).
        Updated = "UPDATED",
        /// Another procedure takes its place: out of force from this day (được thay thế).
        Replaced = "REPLACED",
        /// Abolished: out of force from this day (bãi bỏ).
        Abolished = "ABOLISHED",
    }
}

impl ChangeKind {
    /// The kinds that end a procedure.
    pub fn ending() -> impl Iterator<Item = ChangeKind> {
        ChangeKind::ALL.iter().copied().filter(|kind| kind.ends())
    }

    /// Whether the procedure is out of force from the version's first day.
    pub fn ends(self) -> bool {
        matches!(self, ChangeKind::Replaced | ChangeKind::Abolished)
    }

    /// Whether a decision announces it, which then must be named. What was new before the register began may
    /// lack its decision.
    pub fn needs_decision(self) -> bool {
        matches!(self, ChangeKind::Amended | ChangeKind::Replaced | ChangeKind::Abolished)
    }
}

text_enum! {
    /// A way to reach an online service (phương thức tiếp cận).
    pub enum AccessChannel {
        /// A web portal (cổng thông tin, web).
        Web = "WEB",
        /// A mobile app (ứng dụng di động).
        Mobile = "MOBILE",
        /// The VNeID app (ứng dụng VNeID).
        Vneid = "VNEID",
        /// A Zalo mini app (Zalo).
        Zalo = "ZALO",
        /// A kiosk (kiosk).
        Kiosk = "KIOSK",
        /// Public post (bưu chính công ích).
        Postal = "POSTAL",
    }
}

/// A set of ways of access; a bit for each, in the order of declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccessChannels(pub i32);

impl AccessChannels {
    /// From a list; what stands there twice counts once.
    pub fn of(channels: &[AccessChannel]) -> AccessChannels {
        AccessChannels(channels.iter().fold(0, |bits, channel| bits | Self::bit(*channel)))
    }

    /// The bit of one.
    pub fn bit(channel: AccessChannel) -> i32 {
        1 << (channel as u8)
    }

    /// Whether it holds one.
    pub fn has(self, channel: AccessChannel) -> bool {
        self.0 & Self::bit(channel) != 0
    }

    /// As a list, in the order of declaration.
    pub fn list(self) -> Vec<AccessChannel> {
        AccessChannel::ALL.iter().copied().filter(|channel| self.has(*channel)).collect()
    }

    /// The ways for which a mobile phone is enough: an app of its own, VNeID or Zalo.
    pub fn mobile_ways() -> AccessChannels {
        AccessChannels::of(&[AccessChannel::Mobile, AccessChannel::Vneid, AccessChannel::Zalo])
    }

    /// Whether a mobile phone is enough.
    pub fn mobile(self) -> bool {
        self.0 & Self::mobile_ways().0 != 0
    }

    /// Whether at least two devices reach it, a mobile phone among them (plan II.6.a.4). Post is no device.
    pub fn several_devices(self) -> bool {
        self.mobile() && self.list().iter().filter(|channel| **channel != AccessChannel::Postal).count() >= 2
    }
}

text_enum! {
    /// What a time limit counts (đơn vị thời hạn).
    pub enum LimitUnit {
        /// Working days (ngày làm việc).
        WorkingDay = "WORKING_DAY",
        /// Calendar days (ngày).
        Day = "DAY",
        /// Hours (giờ).
        Hour = "HOUR",
    }
}

/// A time limit (thời hạn giải quyết).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, rows::RowObject, InputObject)]
#[graphql(input_name = "TimeLimitInput")]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// How many; 1 to 10,000.
    pub value: i32,
    /// Of what.
    pub unit: LimitUnit,
}

text_enum! {
    /// What is paid (loại khoản thu).
    pub enum FeeKind {
        /// A fee for a service (phí).
        Fee = "FEE",
        /// A charge of the state (lệ phí).
        Charge = "CHARGE",
    }
}

text_enum! {
    /// How a dossier is handed in (hình thức nộp).
    pub enum SubmissionChannel {
        /// At the counter (trực tiếp).
        Direct = "DIRECT",
        /// Online (trực tuyến).
        Online = "ONLINE",
        /// By public post (bưu chính công ích).
        Postal = "POSTAL",
    }
}

/// A fee line (dòng phí, lệ phí).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, rows::RowObject, InputObject)]
#[graphql(input_name = "FeeInput")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fee {
    /// Fee or charge.
    pub kind: FeeKind,
    /// For which way of handing in; null for every way.
    pub channel: Option<SubmissionChannel>,
    /// How much; 0 where it is waived.
    pub amount: Vnd,
    /// What it depends on, or who is exempt; at most 500 characters.
    pub note: Option<String>,
}

/// A component of a dossier (thành phần hồ sơ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, rows::RowObject, InputObject)]
#[graphql(input_name = "DossierComponentInput")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DossierComponent {
    /// Its code within the procedure; 1 to 32 characters.
    pub code: String,
    /// Its Vietnamese name; 1 to 500 characters.
    pub name: String,
    /// How many originals; 0 to 100.
    #[graphql(default)]
    #[serde(default)]
    pub originals: i32,
    /// How many copies; 0 to 100.
    #[graphql(default)]
    #[serde(default)]
    pub copies: i32,
    /// Code of the form to be filled in (mẫu đơn, tờ khai); at most 64 characters.
    pub form: Option<String>,
    /// Whether it can be digitised (số hóa được).
    #[graphql(default)]
    #[serde(default)]
    pub digitisable: bool,
    /// Whether data that the state holds can take its place (NQ 66.7/2025).
    #[graphql(default)]
    #[serde(default)]
    pub replaceable_by_data: bool,
}

/// What a procedure says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
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
    /// Whether several agencies handle it.
    pub inter_agency: bool,
    /// How an online service is reached.
    pub access_channels: AccessChannels,
    /// Time limit by law.
    pub statutory_limit: Option<TimeLimit>,
    /// Time limit that the ward commits itself to.
    pub committed_limit: Option<TimeLimit>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Dossier components.
    pub components: Vec<DossierComponent>,
}

/// Whether a code is a national one (domain facts 6.1: `1.001193`, with or without the agency's suffix
/// `.000.00.00.H24`), a local one (`DP.HOTICH.001`) for what has no national code, or that of an internal
/// procedure (`NB.NOIVU.001`).
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
        ["DP" | "NB", field, number] => {
            (2..=12).contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_uppercase()) && digits(number, 3)
        }
        _ => false,
    }
}

/// Whether a code is that of an internal procedure (thủ tục hành chính nội bộ, plan II.2.b.1).
pub fn is_internal(code: &str) -> bool {
    code.starts_with("NB.")
}

/// Where a procedure stands in what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At<'a> {
    /// Place in the list, from 0.
    pub index: usize,
    /// Line of the file, or place in the list, as people count: from 1.
    pub line: u32,
    /// The procedure's code.
    pub code: &'a str,
}

impl At<'_> {
    /// A fault of one of its fields.
    pub fn fault(&self, code: UserErrorCode, field: &str, message: Message) -> UserError {
        let message = message.with("line", self.line).with("code", self.code);
        UserError::new(code, &["procedures", &self.index.to_string(), field], message).at_line(self.line)
    }
}

/// The most fee lines of a procedure.
const MAX_FEES: usize = 50;
/// The most components of a procedure's dossier.
const MAX_COMPONENTS: usize = 100;

/// Checks what a procedure says. Every fault is given.
pub fn check(at: &At<'_>, content: &Content) -> Vec<UserError> {
    let mut faults = Vec::new();
    for (field, text, max) in [
        ("name", &content.name, 1_000),
        ("fieldCode", &content.field_code, 32),
        ("fieldName", &content.field_name, 200),
    ] {
        if text.trim().is_empty() || text.chars().count() > max {
            let message = Message::new("procedure-bad-text").with("field", field).with("max", max);
            faults.push(at.fault(UserErrorCode::Required, field, message));
        }
    }
    // What a flag needs: the flag, its label, and the flag it rests on.
    for (field, flag, needs, holds) in [
        (
            "onlinePaymentEnabled",
            content.online_payment_enabled,
            "hasFinancialObligation",
            content.has_financial_obligation,
        ),
        (
            "payableOnNationalPortal",
            content.payable_on_national_portal,
            "onlinePaymentEnabled",
            content.online_payment_enabled,
        ),
        (
            "integratedOnNationalPortal",
            content.integrated_on_national_portal,
            "onlineProvided",
            content.online_provided,
        ),
        (
            "onlineProvided",
            content.online_provided,
            "onlineLevel FULL/PARTIAL",
            content.online_level != OnlineLevel::Information,
        ),
        (
            "fees",
            content.fees.iter().any(|fee| fee.amount.0 > 0),
            "hasFinancialObligation",
            content.has_financial_obligation,
        ),
    ] {
        if flag && !holds {
            let message = Message::new("procedure-flag-needs").with("field", field).with("needs", needs);
            faults.push(at.fault(UserErrorCode::OutOfRange, field, message));
        }
    }
    check_limits(at, content, &mut faults);
    check_fees(at, &content.fees, &mut faults);
    check_components(at, &content.components, &mut faults);
    faults
}

fn check_limits(at: &At<'_>, content: &Content, faults: &mut Vec<UserError>) {
    for (field, limit) in [("statutoryLimit", content.statutory_limit), ("committedLimit", content.committed_limit)] {
        if let Some(limit) = limit.filter(|limit| !(1..=10_000).contains(&limit.value)) {
            let message = Message::new("procedure-bad-limit").with("field", field).with("given", limit.value);
            faults.push(at.fault(UserErrorCode::OutOfRange, field, message));
        }
    }
    if let (Some(law), Some(own)) = (content.statutory_limit, content.committed_limit)
        && law.unit == own.unit
        && own.value > law.value
    {
        let message =
            Message::new("procedure-committed-above-statutory").with("max", law.value).with("given", own.value);
        faults.push(at.fault(UserErrorCode::OutOfRange, "committedLimit", message).expecting(law.value, own.value));
    }
}

fn check_fees(at: &At<'_>, fees: &[Fee], faults: &mut Vec<UserError>) {
    if fees.len() > MAX_FEES {
        let message = Message::new("procedure-too-many-parts").with("field", "fees").with("max", MAX_FEES);
        faults.push(at.fault(UserErrorCode::OutOfRange, "fees", message));
    }
    for (number, fee) in fees.iter().enumerate() {
        let amount = fee.amount.0;
        if amount < 0 {
            let message = Message::new("procedure-fee-negative").with("number", number + 1).with("given", amount);
            faults.push(at.fault(UserErrorCode::OutOfRange, "fees", message).expecting(0, amount));
        }
        if amount > MAX_EXACT || fee.note.as_ref().is_some_and(|note| note.chars().count() > 500) {
            let message = Message::new("procedure-fee-too-large").with("number", number + 1).with("max", MAX_EXACT);
            faults.push(at.fault(UserErrorCode::OutOfRange, "fees", message));
        }
    }
}

fn check_components(at: &At<'_>, components: &[DossierComponent], faults: &mut Vec<UserError>) {
    if components.len() > MAX_COMPONENTS {
        let message = Message::new("procedure-too-many-parts").with("field", "components").with("max", MAX_COMPONENTS);
        faults.push(at.fault(UserErrorCode::OutOfRange, "components", message));
    }
    let mut seen = HashSet::new();
    for (number, component) in components.iter().enumerate() {
        let named = |text: &str, max: usize| !text.trim().is_empty() && text.chars().count() <= max;
        let counts = (0..=100).contains(&component.originals) && (0..=100).contains(&component.copies);
        let form = component.form.as_ref().is_none_or(|form| form.chars().count() <= 64);
        if !named(&component.code, 32) || !named(&component.name, 500) || !counts || !form {
            let message = Message::new("procedure-bad-component").with("number", number + 1);
            faults.push(at.fault(UserErrorCode::OutOfRange, "components", message));
        }
        if !seen.insert(component.code.as_str()) {
            let message = Message::new("procedure-component-twice").with("component", component.code.as_str());
            faults.push(at.fault(UserErrorCode::Duplicate, "components", message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for code in ["1.001193", "2.000815", "3.000001", "1.001193.000.00.00.H24", "DP.HOTICH.001", "NB.NOIVU.001"] {
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
        assert!(is_internal("NB.NOIVU.001") && !is_internal("1.001193"));
    }

    #[test]
    fn several_devices_with_a_mobile_one() {
        use AccessChannel::*;
        let several = |channels: &[AccessChannel]| AccessChannels::of(channels).several_devices();
        assert!(several(&[Web, Mobile]) && several(&[Vneid, Zalo]) && several(&[Kiosk, Vneid]));
        assert!(!several(&[]) && !several(&[Web]) && !several(&[Mobile]) && !several(&[Web, Kiosk]));
        // Post reaches everybody, on no device.
        assert!(!several(&[Mobile, Postal]));
        assert_eq!(AccessChannels::of(&[Postal, Web, Web]).list(), [Web, Postal]);
    }

    fn content() -> Content {
        Content {
            name: "Đăng ký khai sinh".to_owned(),
            field_code: "HOTICH".to_owned(),
            field_name: "Hộ tịch".to_owned(),
            field_group: FieldGroup::Other,
            level: Level::Commune,
            audience: Audience::Citizen,
            online_level: OnlineLevel::Full,
            has_financial_obligation: true,
            online_payment_enabled: true,
            online_eligible: true,
            online_provided: true,
            integrated_on_national_portal: true,
            payable_on_national_portal: true,
            inter_agency: false,
            access_channels: AccessChannels::default(),
            statutory_limit: None,
            committed_limit: None,
            fees: Vec::new(),
            components: Vec::new(),
        }
    }

    fn fields(content: &Content) -> Vec<String> {
        let at = At { index: 0, line: 1, code: "1.001193" };
        check(&at, content).into_iter().map(|fault| fault.field[2].clone()).collect()
    }

    #[test]
    fn flags_rest_on_one_another() {
        assert_eq!(fields(&content()), Vec::<String>::new());
        let flags = Content { online_level: OnlineLevel::Information, has_financial_obligation: false, ..content() };
        assert_eq!(fields(&flags), ["onlinePaymentEnabled", "onlineProvided"]);
    }

    #[test]
    fn limits_fees_and_components_have_bounds() {
        let limit = |value, unit| Some(TimeLimit { value, unit });
        let slower = Content {
            statutory_limit: limit(5, LimitUnit::WorkingDay),
            committed_limit: limit(6, LimitUnit::WorkingDay),
            ..content()
        };
        assert_eq!(fields(&slower), ["committedLimit"]);
        // Hours and days are not compared.
        let mixed = Content { committed_limit: limit(24, LimitUnit::Hour), ..slower };
        assert_eq!(fields(&mixed), Vec::<String>::new());
        let fee = |amount| Fee { kind: FeeKind::Charge, channel: None, amount: Vnd(amount), note: None };
        assert_eq!(fields(&Content { fees: vec![fee(8_000), fee(-1)], ..content() }), ["fees"]);
        let free = Content {
            has_financial_obligation: false,
            online_payment_enabled: false,
            payable_on_national_portal: false,
            ..content()
        };
        assert_eq!(fields(&Content { fees: vec![fee(0)], ..free.clone() }), Vec::<String>::new());
        assert_eq!(fields(&Content { fees: vec![fee(1)], ..free }), ["fees"]);
        let component = |code: &str, copies| DossierComponent {
            code: code.to_owned(),
            name: "Tờ khai".to_owned(),
            originals: 1,
            copies,
            form: None,
            digitisable: true,
            replaceable_by_data: false,
        };
        let components = vec![component("TK", 0), component("TK", 0), component("GCS", 101)];
        assert_eq!(fields(&Content { components, ..content() }), ["components", "components"]);
    }
}
