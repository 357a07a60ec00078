//! Sums over the confirmed assets of a day, added up in the database.

use chrono::NaiveDate;
use entity::asset::{public_asset, public_asset_confirmation, public_asset_edition, public_asset_holding};
use sea_orm::sea_query::{
    Alias, CaseStatement, Condition, Expr, ExprTrait, IntoIden, Order, Query, SelectStatement, WindowStatement,
};
use sea_orm::{ConnectionTrait, IdenStatic};
use uuid::Uuid;

use super::plans::{approved_plan, schemes_in_force};
use crate::asset::{AssetKind, AssetRearrangement, AssetUse};
use access::viewer::below;
use kernel::error::{ApiError, ApiResult};

/// What some assets come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// How many are there.
    pub assets: i64,
    /// In hundredths of a square metre.
    pub land_area: i64,
    /// In hundredths of a square metre.
    pub floor_area: i64,
    /// In đồng.
    pub original_cost: i64,
    /// In đồng.
    pub remaining_value: i64,
    /// Houses and land that are there.
    pub house_land: i64,
    /// Of those, without a legal paper.
    pub house_land_without_papers: i64,
    /// Of all that are there, without a legal paper.
    pub without_papers: i64,
    /// Leased, used for business or in joint ventures.
    pub leased: i64,
    /// Of those, with an approved scheme of that purpose in force.
    pub leased_with_scheme: i64,
    /// Houses and land to be rearranged: those that are there, and those that left by a plan that is carried out.
    pub to_rearrange: i64,
    /// Of those, with an approved plan that is not carried out yet.
    pub in_progress: i64,
    /// Of those, rearranged.
    pub rearranged: i64,
}

impl Sums {
    fn parts(&mut self) -> [&mut i64; 13] {
        [
            &mut self.assets,
            &mut self.land_area,
            &mut self.floor_area,
            &mut self.original_cost,
            &mut self.remaining_value,
            &mut self.house_land,
            &mut self.house_land_without_papers,
            &mut self.without_papers,
            &mut self.leased,
            &mut self.leased_with_scheme,
            &mut self.to_rearrange,
            &mut self.in_progress,
            &mut self.rearranged,
        ]
    }

    /// Adds others'; an error where a sum is beyond what is kept.
    pub fn add(&mut self, mut other: Sums) -> ApiResult<()> {
        for (sum, part) in self.parts().into_iter().zip(other.parts()) {
            *sum = sum.checked_add(*part).ok_or_else(|| ApiError::internal("a sum of public assets is too large"))?;
        }
        Ok(())
    }
}

/// The sums of the assets that one unit manages, of one kind and use, that are rearranged equally far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Who manages them.
    pub organisation_id: Uuid,
    /// What they are.
    pub kind: AssetKind,
    /// What they are used for.
    pub used_for: AssetUse,
    /// How far houses and land are rearranged; NO_PLAN of others.
    pub rearrangement: AssetRearrangement,
    /// What they come to.
    pub sums: Sums,
}

/// Of the rows of a table, the identifier of the one that holds on a day for each asset.
fn holding(
    table: impl IntoIden + Clone + 'static,
    (id, asset, day_column, number): (&'static str, &'static str, &'static str, &'static str),
    day: NaiveDate,
    narrowed: Condition,
) -> SelectStatement {
    let (ranked, place) = (Alias::new("ranked"), Alias::new("place"));
    let column = |name: &'static str| (table.clone().into_iden(), Alias::new(name).into_iden());
    let mut window = WindowStatement::partition_by(column(asset));
    window.order_by(column(day_column), Order::Desc).order_by(column(number), Order::Desc);
    let inner = Query::select()
        .column(column(id))
        .expr_window_as(Expr::cust("ROW_NUMBER()"), window, place.clone())
        .from(table.clone())
        .and_where(Expr::col(column(day_column)).lte(day))
        .cond_where(narrowed)
        .to_owned();
    Query::select()
        .column((ranked.clone(), Alias::new(id)))
        .from_subquery(inner, ranked.clone())
        .and_where(Expr::col((ranked, place)).eq(1))
        .to_owned()
}

fn flag(condition: impl Into<Condition>) -> Expr {
    let condition: Condition = condition.into();
    CaseStatement::new().case(condition, Expr::val(1)).finally(Expr::val(0)).into()
}

const ALIVE: &str = "alive";
const STATE: &str = "rearrangement";
const UNPAPERED: &str = "without_paper";
const SCHEME: &str = "with_scheme";

/// One row for each asset that is there on a day, or that left by a plan that is carried out.
fn assets_on(programme_id: Uuid, organisation_id: Option<Uuid>, day: NaiveDate) -> SelectStatement {
    use public_asset_edition::Column as EditionColumn;
    use public_asset_holding::Column as HoldingColumn;
    let asset = |column: public_asset::Column| Expr::col((public_asset::Entity, column));
    let edition = |column: EditionColumn| (public_asset_edition::Entity, column);
    let holder = |column: HoldingColumn| (public_asset_holding::Entity, column);
    let confirmed = Query::select()
        .column(public_asset_confirmation::Column::EditionId)
        .from(public_asset_confirmation::Entity)
        .to_owned();
    let editions = holding(
        public_asset_edition::Entity,
        ("id", "asset_id", "effective_on", "edition"),
        day,
        Condition::all()
            .add(Expr::col(edition(EditionColumn::ProgrammeId)).eq(programme_id))
            .add(Expr::col(edition(EditionColumn::Id)).in_subquery(confirmed)),
    );
    let holdings = holding(
        public_asset_holding::Entity,
        ("id", "asset_id", "effective_from", "number"),
        day,
        Condition::all().add(Expr::col(holder(HoldingColumn::ProgrammeId)).eq(programme_id)),
    );
    let there = || {
        Condition::any()
            .add(asset(public_asset::Column::EndedOn).is_null())
            .add(asset(public_asset::Column::EndedOn).gt(day))
    };
    let estate = || {
        let kinds = [AssetKind::Land, AssetKind::House].map(AssetKind::as_str);
        asset(public_asset::Column::Kind).is_in(kinds)
    };
    let done = || Condition::all().add(estate()).add(Expr::exists(approved_plan(day, true)));
    let approved = Condition::all().add(estate()).add(Expr::exists(approved_plan(day, false)));
    let state: Expr = CaseStatement::new()
        .case(done(), AssetRearrangement::Done.as_str())
        .case(approved, AssetRearrangement::Approved.as_str())
        .finally(AssetRearrangement::NoPlan.as_str())
        .into();
    let mut scheme = Condition::any();
    for used_for in AssetUse::ALL {
        let Some(purpose) = used_for.scheme() else { continue };
        scheme = scheme.add(
            Condition::all()
                .add(Expr::col(edition(EditionColumn::AssetUse)).eq(used_for.as_str()))
                .add(Expr::exists(schemes_in_force(purpose, day))),
        );
    }
    let mut select = Query::select();
    select
        .column(holder(HoldingColumn::OrganisationId))
        .column((public_asset::Entity, public_asset::Column::Kind))
        .column(edition(EditionColumn::AssetUse))
        .column(edition(EditionColumn::LandArea))
        .column(edition(EditionColumn::FloorArea))
        .column(edition(EditionColumn::OriginalCost))
        .column(edition(EditionColumn::RemainingValue))
        .expr_as(state, Alias::new(STATE))
        .expr_as(flag(there()), Alias::new(ALIVE))
        .expr_as(
            flag(Condition::all().add(Expr::col(edition(EditionColumn::PaperKind)).is_null())),
            Alias::new(UNPAPERED),
        )
        .expr_as(flag(scheme), Alias::new(SCHEME))
        .from(public_asset::Entity)
        .inner_join(
            public_asset_edition::Entity,
            Expr::col(edition(EditionColumn::AssetId)).eq(asset(public_asset::Column::Id)),
        )
        .inner_join(
            public_asset_holding::Entity,
            Expr::col(holder(HoldingColumn::AssetId)).eq(asset(public_asset::Column::Id)),
        )
        .and_where(asset(public_asset::Column::ProgrammeId).eq(programme_id))
        .and_where(Expr::col(edition(EditionColumn::Id)).in_subquery(editions))
        .and_where(Expr::col(holder(HoldingColumn::Id)).in_subquery(holdings))
        .cond_where(Condition::any().add(there()).add(done()));
    if let Some(id) = organisation_id {
        select.and_where(Expr::col(holder(HoldingColumn::OrganisationId)).in_subquery(below(vec![id])));
    }
    select
}

/// The sums of a programme's confirmed assets on a day, of an organisation and all below it or of all: one statement.
pub async fn groups(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    organisation_id: Option<Uuid>,
    day: NaiveDate,
) -> ApiResult<Vec<Group>> {
    use public_asset_edition::Column;
    let summed = [Column::LandArea, Column::FloorArea, Column::OriginalCost, Column::RemainingValue];
    let flags = [UNPAPERED, SCHEME];
    let keys = ["organisation_id", "kind", "asset_use", STATE, ALIVE];
    let mut select = Query::select();
    for key in keys {
        select.column(Alias::new(key)).group_by_col(Alias::new(key));
    }
    select.expr_as(Expr::cust("COUNT(*)"), Alias::new("n"));
    for name in summed.iter().map(|column| column.as_str()).chain(flags) {
        // CAST: PostgreSQL sums into numeric, SQLite into integer; what is saved never adds up to more than 2^53.
        select.expr_as(
            Expr::col(Alias::new(name)).sum().cast_as(Alias::new("bigint")),
            Alias::new(format!("sum_{name}")),
        );
    }
    select.from_subquery(assets_on(programme_id, organisation_id, day), Alias::new("counted"));
    let mut found = Vec::new();
    for row in connection.query_all(&select).await? {
        let sum =
            |name: &str| -> ApiResult<i64> { Ok(row.try_get::<Option<i64>>("", &format!("sum_{name}"))?.unwrap_or(0)) };
        let text = |name: &str| row.try_get::<String>("", name);
        let kind: AssetKind = text("kind")?.parse()?;
        let used_for: AssetUse = text("asset_use")?.parse()?;
        let rearrangement: AssetRearrangement = text(STATE)?.parse()?;
        let alive = row.try_get::<i32>("", ALIVE)? == 1;
        let n = row.try_get::<i64>("", "n")?;
        let estate = kind.is_house_or_land();
        let when = |holds: bool, amount: i64| if holds { amount } else { 0 };
        let (unpapered, with_scheme) = (sum(UNPAPERED)?, sum(SCHEME)?);
        let sums = Sums {
            assets: when(alive, n),
            land_area: when(alive, sum("land_area")?),
            floor_area: when(alive, sum("floor_area")?),
            original_cost: when(alive, sum("original_cost")?),
            remaining_value: when(alive, sum("remaining_value")?),
            house_land: when(alive && estate, n),
            house_land_without_papers: when(alive && estate, unpapered),
            without_papers: when(alive, unpapered),
            leased: when(alive && used_for.scheme().is_some(), n),
            leased_with_scheme: when(alive, with_scheme),
            to_rearrange: when(estate, n),
            in_progress: when(rearrangement == AssetRearrangement::Approved, n),
            rearranged: when(rearrangement == AssetRearrangement::Done, n),
        };
        let organisation_id = row.try_get::<Uuid>("", "organisation_id")?;
        found.push(Group { organisation_id, kind, used_for, rearrangement, sums });
    }
    Ok(found)
}
