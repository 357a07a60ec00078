//! Form templates (mẫu biểu, QCVN 125:2021/BTTTT): forms described by data. A template says which tables a
//! form has, their rows and fields, what must add up, and which measures are read off it; it stands in
//! `data/forms/<code>.toml`.
//!
//! - [`definition`] reads templates, `consistency` holds their parts against each other; [`rules`] checks and
//!   sums cells.
//! - A form may be confidential: [`rules::disclosure`] says which of its sums are shown to those outside.
//! - `forms::template` makes a `kit::plugged::Form` of a template; saving, submitting and accepting are those of
//!   every form.
//!
//! To add a form: its value in [`FormCode`], its file, and its line in [`FILES`]. Its obligations and
//! indicators stand in the reference data.

mod consistency;
pub mod definition;
pub mod rules;

use std::sync::LazyLock;

use kernel::error::ApiError;
use kernel::form::FormCode;
use kernel::i18n::Message;
use kernel::text_enum::text_enum;

pub use definition::Template;

text_enum! {
    /// What stands in a field of a form (loại ô).
    pub enum FieldKind {
        /// A count (số lượng): a whole number, 0 to 100,000,000.
        Count = "COUNT",
        /// An amount in đồng (số tiền): a whole number, 0 to 2^53 - 1.
        Vnd = "VND",
        /// A text (chữ): at most 2,000 characters.
        Text = "TEXT",
        /// A day (ngày).
        Date = "DATE",
    }
}

text_enum! {
    /// Until when a day of a form may be (ngày muộn nhất).
    pub enum DayLimit {
        /// The day on which it is written (hôm nay).
        Today = "TODAY",
    }
}

text_enum! {
    /// What a check of a form asks (loại kiểm tra).
    pub enum CheckKind {
        /// In each row one sum equals another (bằng nhau).
        Equal = "EQUAL",
        /// In each row a part is at most its whole (không vượt quá).
        AtMost = "AT_MOST",
        /// The rows of a breakdown add up to what they break down (cộng các dòng phân tổ).
        RowsEqual = "ROWS_EQUAL",
        /// A figure is the one that the previous period left (kỳ trước chuyển sang).
        CarriedOver = "CARRIED_OVER",
        /// Whoever gives a count must also say something about it (phải kèm theo).
        Implies = "IMPLIES",
    }
}

text_enum! {
    /// How much of a confidential form is shown to those outside: to all but the unit itself, the standing body and the
    /// Chair (mức hạn chế xem biểu).
    pub enum Confidentiality {
        /// Its sums over the whole programme, small cells suppressed (chỉ số tổng của chương trình, che ô nhỏ).
        Sums = "SUMS",
        /// Nothing (không cho xem).
        Closed = "CLOSED",
    }
}

text_enum! {
    /// What becomes of the cells that are not given (cách lưu ô).
    pub enum CellMode {
        /// The cells given are the whole form: others are emptied (thay toàn bộ).
        Replace = "REPLACE",
        /// The cells given are written over those there; others stay. A blank text empties its cell (bổ sung, sửa).
        Merge = "MERGE",
    }
}

impl FieldKind {
    /// The largest number that it takes; none for texts and days.
    pub fn max(self) -> Option<i64> {
        match self {
            // More than all dossiers of the nation in a year.
            FieldKind::Count => Some(100_000_000),
            // The largest whole number that every JSON reader keeps exactly.
            FieldKind::Vnd => Some(kernel::money::MAX_EXACT),
            FieldKind::Text | FieldKind::Date => None,
        }
    }
}

/// Every template: its file, and what stands in it.
pub const FILES: &[(&str, &str)] = &[
    ("overdue-causes.toml", include_str!("../../data/forms/overdue-causes.toml")),
    ("feedback.toml", include_str!("../../data/forms/feedback.toml")),
    ("satisfaction.toml", include_str!("../../data/forms/satisfaction.toml")),
    ("e-identification.toml", include_str!("../../data/forms/e-identification.toml")),
    ("dialogues.toml", include_str!("../../data/forms/dialogues.toml")),
    ("agency-satisfaction.toml", include_str!("../../data/forms/agency-satisfaction.toml")),
    ("staff-appraisal.toml", include_str!("../../data/forms/staff-appraisal.toml")),
    ("training.toml", include_str!("../../data/forms/training.toml")),
    ("discipline-reward.toml", include_str!("../../data/forms/discipline-reward.toml")),
    ("recruitment.toml", include_str!("../../data/forms/recruitment.toml")),
    ("job-positions.toml", include_str!("../../data/forms/job-positions.toml")),
    ("friendly-government.toml", include_str!("../../data/forms/friendly-government.toml")),
    ("unit-kpi.toml", include_str!("../../data/forms/unit-kpi.toml")),
    ("headcount.toml", include_str!("../../data/forms/headcount.toml")),
    ("headcount-changes.toml", include_str!("../../data/forms/headcount-changes.toml")),
    ("downsizing.toml", include_str!("../../data/forms/downsizing.toml")),
    ("prices.toml", include_str!("../../data/forms/prices.toml")),
    ("autonomy-funds.toml", include_str!("../../data/forms/autonomy-funds.toml")),
    ("savings-score.toml", include_str!("../../data/forms/savings-score.toml")),
    ("budget-disclosure.toml", include_str!("../../data/forms/budget-disclosure.toml")),
    ("digitisation.toml", include_str!("../../data/forms/digitisation.toml")),
    ("work-files.toml", include_str!("../../data/forms/work-files.toml")),
];

static TEMPLATES: LazyLock<Result<Vec<Template>, String>> = LazyLock::new(|| definition::read_all(FILES));

/// Every template, in the order of [`FILES`].
///
/// # Errors
/// When one of them can't be read; the text says which, and why. The server then does not start, and a test
/// reads them, so a release never fails here.
pub fn all() -> Result<&'static [Template], &'static str> {
    TEMPLATES.as_deref().map_err(String::as_str)
}

/// The templates of confidential forms. A server whose templates can't be read does not start.
pub fn confidential() -> impl Iterator<Item = &'static Template> {
    all().unwrap_or_default().iter().filter(|template| template.confidential.is_some())
}

/// The measures that are read off confidential forms.
pub fn confidential_measures() -> impl Iterator<Item = &'static str> {
    confidential().flat_map(|template| template.measures.iter().map(|measure| measure.code.as_str()))
}

/// The template of a form; BAD_USER_INPUT for a form that none describes.
pub fn of(form: FormCode) -> Result<&'static Template, ApiError> {
    let found = all().map_err(ApiError::internal)?.iter().find(|template| template.code == form);
    found.ok_or_else(|| ApiError::bad_input(Message::new("template-none").with("form", form.as_str())))
}
