//! A procedure as it is given: by mutation, as JSON lines or as CSV.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use serde::Deserialize;

use super::rules::{
    AccessChannel, Audience, ChangeKind, DossierComponent, Fee, FieldGroup, Level, OnlineLevel, TimeLimit,
};

/// A procedure as it stands from a day on. Its code and that day say which version is meant: one that begins on
/// this day is corrected, else a new version begins. What is left out stays as it is: as the version says, or,
/// of a new version, as the one before; null takes away what may be missing. Only a new procedure needs everything that is marked so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, InputObject)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProcedureInput {
    /// National code (`1.001193`), a local one (`DP.HOTICH.001`), or that of an internal procedure
    /// (`NB.NOIVU.001`).
    pub code: String,
    /// First day in force of this version; of REPLACED and ABOLISHED the first day out of force.
    pub effective_from: NaiveDate,
    /// Last day in force, where this version itself ends; null takes an end away. The version before ends by
    /// itself when this one begins.
    #[serde(default)]
    pub effective_to: MaybeUndefined<NaiveDate>,
    /// What the version is; NEW for a new procedure, else UPDATED, unless said.
    pub change_kind: Option<ChangeKind>,
    /// Number of the announcing decision (số quyết định công bố); needed for AMENDED, REPLACED and ABOLISHED.
    #[serde(default)]
    pub decision_number: MaybeUndefined<String>,
    /// Its day; needed with the number.
    #[serde(default)]
    pub decision_date: MaybeUndefined<NaiveDate>,
    /// Code of the procedure that takes its place; for REPLACED, and only then.
    #[serde(default)]
    pub replaced_by: MaybeUndefined<String>,
    /// Vietnamese name; a new procedure needs it.
    pub name: Option<String>,
    /// Field, ASCII code; a new procedure needs it.
    pub field_code: Option<String>,
    /// Field, Vietnamese name; a new procedure needs it.
    pub field_name: Option<String>,
    /// Field group; a new procedure needs it.
    pub field_group: Option<FieldGroup>,
    /// Level; a new procedure needs it.
    pub level: Option<Level>,
    /// Whom it is for; a new procedure needs it.
    pub audience: Option<Audience>,
    /// How far it can be done online; a new procedure needs it.
    pub online_level: Option<OnlineLevel>,
    /// Whether a fee or charge is due; a new procedure needs it.
    pub has_financial_obligation: Option<bool>,
    /// Whether it can be paid online; needs a fee or charge. A new procedure needs it.
    pub online_payment_enabled: Option<bool>,
    /// Whether it qualifies for online provision; a new procedure needs it.
    pub online_eligible: Option<bool>,
    /// Whether it is provided online; a new procedure needs it.
    pub online_provided: Option<bool>,
    /// Whether the national portal offers it; needs online provision. A new procedure needs it.
    pub integrated_on_national_portal: Option<bool>,
    /// Whether it can be paid there; needs online payment. A new procedure needs it.
    pub payable_on_national_portal: Option<bool>,
    /// Whether several agencies handle it (liên thông); false unless said.
    pub inter_agency: Option<bool>,
    /// How the online service is reached; none unless said.
    pub access_channels: Option<Vec<AccessChannel>>,
    /// Time limit by law (thời hạn theo quy định).
    #[serde(default)]
    pub statutory_limit: MaybeUndefined<TimeLimit>,
    /// Time limit that the ward commits itself to (thời hạn cam kết); at most the statutory one.
    #[serde(default)]
    pub committed_limit: MaybeUndefined<TimeLimit>,
    /// Fee lines, all of them; none unless said.
    pub fees: Option<Vec<Fee>>,
    /// Dossier components, all of them; none unless said.
    pub components: Option<Vec<DossierComponent>>,
}

/// What was given, with its line of the file, or place in the list, as people count: from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The line.
    pub line: u32,
    /// The procedure.
    pub input: ProcedureInput,
}
