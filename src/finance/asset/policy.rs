//! Who may do what with public assets: this feature's part of the one table, which `api::policy` puts together.

use super::{AssetPlanState, AssetState};
use access::Viewer;
use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;
use access::viewer::reached;
use entity::asset::{asset_plan, public_asset};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W82", Role::UnitOfficer, Action::RecordAsset, Relation::Own),
    write("W83", Role::UnitHead, Action::ConfirmAsset, Relation::Own),
    write("W84", Role::FinanceDept, Action::ConfirmAsset, Relation::Within),
    write("W85", Role::UnitOfficer, Action::ProposeAssetPlan, Relation::Own),
    write("W86", Role::FinanceDept, Action::ProposeAssetPlan, Relation::Within),
    write("W87", Role::Chair, Action::DecideAssetPlan, Relation::Within),
    write("W88", Role::FinanceDept, Action::CompleteAssetPlan, Relation::Within),
    write("W89", Role::FinanceDept, Action::TransferAsset, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::ConfirmAsset, Action::DecideAssetPlan];

/// A line of the table for reading public assets.
#[derive(Debug, Clone, Copy)]
pub struct AssetReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who; empty for everybody with a grant that reaches the programme.
    pub roles: &'static [Role],
    /// Of which units' assets.
    pub relation: Relation,
    /// Whether drafts are among them: what is not confirmed, and plans and schemes that are not approved.
    pub drafts: bool,
}

/// Who may read what of public assets. What is confirmed and approved is no secret, values among it; what is only
/// recorded, proposed or rejected concerns the unit and those who decide.
pub const READS: &[AssetReadRule] = &[
    AssetReadRule { id: "R81", roles: &[], relation: Relation::Within, drafts: false },
    AssetReadRule { id: "R82", roles: &[Role::UnitOfficer, Role::UnitHead], relation: Relation::Own, drafts: true },
    AssetReadRule { id: "R83", roles: &[Role::FinanceDept], relation: Relation::Within, drafts: true },
    AssetReadRule { id: "R84", roles: &[Role::Chair], relation: Relation::Within, drafts: true },
];

/// Narrows public assets as [`READS`] says: what is only recorded is a draft.
pub fn readable(viewer: &Viewer) -> Condition {
    use public_asset::Column;
    if viewer.person().is_none() {
        return Condition::all();
    }
    let column = |column: Column| (public_asset::Entity, column);
    let confirmed = viewer
        .in_programmes(column(Column::ProgrammeId))
        .add(Expr::col(column(Column::State)).eq(AssetState::Confirmed.as_str()));
    Condition::any().add(confirmed).add(drafts(viewer))
}

/// Narrows public assets to those of which the caller may read drafts and proposals.
pub fn drafts(viewer: &Viewer) -> Condition {
    let Some(person) = viewer.person() else { return Condition::all() };
    let mut any = Condition::any();
    for rule in READS.iter().filter(|rule| rule.drafts) {
        let organisation_id = (public_asset::Entity, public_asset::Column::OrganisationId);
        if let Some(reached) = reached(person, rule.roles, rule.relation, organisation_id) {
            any = any.add(reached);
        }
    }
    if any.is_empty() { any.add(Expr::value(1).eq(0)) } else { any }
}

/// Narrows plans and schemes: those that were approved, and all of assets whose drafts may be read.
pub fn plans(viewer: &Viewer) -> Condition {
    use asset_plan::Column;
    if viewer.person().is_none() {
        return Condition::all();
    }
    let column = |column: Column| (asset_plan::Entity, column);
    let approved = [AssetPlanState::Approved, AssetPlanState::Done, AssetPlanState::Replaced];
    let approved = viewer
        .in_programmes(column(Column::ProgrammeId))
        .add(Expr::col(column(Column::State)).is_in(approved.map(AssetPlanState::as_str)));
    let inside = Query::select()
        .column((public_asset::Entity, public_asset::Column::Id))
        .from(public_asset::Entity)
        .cond_where(drafts(viewer))
        .to_owned();
    Condition::any().add(approved).add(Expr::col(column(Column::AssetId)).in_subquery(inside))
}

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("recordPublicAsset", Some(Action::RecordAsset)),
    ("confirmPublicAsset", Some(Action::ConfirmAsset)),
    ("transferPublicAsset", Some(Action::TransferAsset)),
    ("endPublicAsset", Some(Action::TransferAsset)),
    ("proposeAssetPlan", Some(Action::ProposeAssetPlan)),
    ("proposeAssetScheme", Some(Action::ProposeAssetPlan)),
    ("decideAssetPlan", Some(Action::DecideAssetPlan)),
    ("completeAssetPlan", Some(Action::CompleteAssetPlan)),
];
