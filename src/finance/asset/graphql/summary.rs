//! Sums over public assets in the schema.

use std::collections::BTreeMap;

use async_graphql::{Context, Result};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::asset::rules::area_shown;
use crate::asset::store::summary::{Group, Sums};
use crate::asset::{AssetKind, AssetRearrangement, AssetUse};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required};
use kernel::error::ApiResult;
use kernel::i18n::Language;
use kit::scalar::{Count, Vnd, money};

/// What some public assets come to (số liệu tổng hợp).
#[derive(Debug, Clone, Copy)]
pub struct AssetFigures(Sums);

/// What some public assets come to on a day (số liệu tổng hợp). Areas are hundredths of a square metre.
#[rows::row_object]
impl AssetFigures {
    /// How many are there (số tài sản).
    fn assets(&self) -> Count {
        Count(self.0.assets)
    }

    /// Area of land, in hundredths of a square metre (diện tích đất).
    fn land_area(&self) -> Count {
        Count(self.0.land_area)
    }

    /// Area of land as people read it, such as `1.234,50 m²`.
    fn land_area_shown(&self, #[graphql(default, desc = "In which language.")] language: Language) -> String {
        area_shown(self.0.land_area, language)
    }

    /// Area of floors, in hundredths of a square metre (diện tích sàn).
    fn floor_area(&self) -> Count {
        Count(self.0.floor_area)
    }

    /// Area of floors as people read it, such as `1.234,50 m²`.
    fn floor_area_shown(&self, #[graphql(default, desc = "In which language.")] language: Language) -> String {
        area_shown(self.0.floor_area, language)
    }

    /// Original cost, in đồng (nguyên giá).
    fn original_cost(&self) -> Result<Vnd> {
        Ok(money(self.0.original_cost)?)
    }

    /// Remaining value, in đồng (giá trị còn lại).
    fn remaining_value(&self) -> Result<Vnd> {
        Ok(money(self.0.remaining_value)?)
    }

    /// How many have no legal paper (thiếu giấy tờ pháp lý).
    fn without_papers(&self) -> Count {
        Count(self.0.without_papers)
    }

    /// Houses and land with a legal paper over all houses and land that are there (tỷ lệ nhà, đất có giấy tờ).
    fn papers_rate(&self) -> Rate {
        Rate::new(self.0.house_land - self.0.house_land_without_papers, self.0.house_land)
    }

    /// Leased, used for business or in joint ventures (đang cho thuê, kinh doanh, liên doanh, liên kết).
    fn leased(&self) -> Count {
        Count(self.0.leased)
    }

    /// Of those, with an approved scheme for that purpose in force, over all of them (tỷ lệ có đề án được duyệt).
    fn scheme_rate(&self) -> Rate {
        Rate::new(self.0.leased_with_scheme, self.0.leased)
    }

    /// Houses and land to be rearranged: those that are there, and those that left by a plan that is carried out (thuộc
    /// diện sắp xếp lại).
    #[graphql(name = "toRearrange")]
    fn still_to_rearrange(&self) -> Count {
        Count(self.0.to_rearrange)
    }

    /// Of those, with an approved plan that is not carried out yet (đang thực hiện phương án).
    fn in_progress(&self) -> Count {
        Count(self.0.in_progress)
    }

    /// Of those, rearranged, over all of them (tỷ lệ đã sắp xếp xong).
    fn rearranged_rate(&self) -> Rate {
        Rate::new(self.0.rearranged, self.0.to_rearrange)
    }

    /// Of those, with an approved plan, carried out or not, over all of them (tỷ lệ có phương án được duyệt).
    fn plan_rate(&self) -> Rate {
        Rate::new(self.0.in_progress + self.0.rearranged, self.0.to_rearrange)
    }
}

macro_rules! part {
    ($(#[doc = $doc:literal])* $name:ident, $key:ty, $(#[doc = $key_doc:literal])* $field:ident) => {
        $(#[doc = $doc])*
        pub struct $name($key, Sums);

        $(#[doc = $doc])*
        #[rows::row_object]
        impl $name {
            $(#[doc = $key_doc])*
            async fn $field(&self) -> $key {
                self.0
            }

            /// What they come to.
            fn figures(&self) -> AssetFigures {
                AssetFigures(self.1)
            }
        }
    };
}

part! {
    /// Public assets of one kind, added up (theo loại tài sản).
    AssetsOfKind, AssetKind,
    /// The kind.
    kind
}
part! {
    /// Houses and land that are rearranged equally far, added up (theo tình trạng sắp xếp lại).
    AssetsRearranged, AssetRearrangement,
    /// How far: what is only proposed counts as NO_PLAN here, for whoever asks.
    rearrangement
}

/// Public assets that are used alike, added up (theo hiện trạng sử dụng).
pub struct AssetsOfUse(AssetUse, Sums);

/// Public assets that are used alike, added up (theo hiện trạng sử dụng).
#[rows::row_object]
impl AssetsOfUse {
    /// What they are used for.
    #[graphql(name = "use")]
    fn used_for(&self) -> AssetUse {
        self.0
    }

    /// What they come to.
    fn figures(&self) -> AssetFigures {
        AssetFigures(self.1)
    }
}

/// The public assets of one unit, added up (theo đơn vị quản lý).
pub struct AssetsOfOrganisation(Uuid, Sums);

/// The public assets of one unit alone, added up (theo đơn vị quản lý).
#[rows::row_object]
impl AssetsOfOrganisation {
    /// The unit that managed them on the day.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0).await?)
    }

    /// What they come to.
    fn figures(&self) -> AssetFigures {
        AssetFigures(self.1)
    }
}

/// Public assets added up as they stood on a day (tổng hợp tài sản công).
pub struct PublicAssetSummary {
    on: NaiveDate,
    groups: Vec<Group>,
    total: Sums,
}

impl PublicAssetSummary {
    /// From the sums of a day.
    pub fn new(on: NaiveDate, groups: Vec<Group>) -> ApiResult<PublicAssetSummary> {
        let mut total = Sums::default();
        for group in &groups {
            total.add(group.sums)?;
        }
        Ok(PublicAssetSummary { on, groups, total })
    }

    fn by<K: Ord>(&self, key: impl Fn(&Group) -> Option<K>) -> ApiResult<BTreeMap<K, Sums>> {
        let mut found: BTreeMap<K, Sums> = BTreeMap::new();
        for group in &self.groups {
            if let Some(key) = key(group) {
                found.entry(key).or_default().add(group.sums)?;
            }
        }
        Ok(found)
    }
}

/// Public assets added up as they stood on a day (tổng hợp tài sản công). Groups without anything are left out.
#[rows::row_object]
impl PublicAssetSummary {
    /// The day.
    fn on(&self) -> NaiveDate {
        self.on
    }

    /// All of them.
    fn total(&self) -> AssetFigures {
        AssetFigures(self.total)
    }

    /// By kind (theo loại).
    fn by_kind(&self) -> Result<Vec<AssetsOfKind>> {
        Ok(self.by(|group| Some(group.kind))?.into_iter().map(|(key, sums)| AssetsOfKind(key, sums)).collect())
    }

    /// By use (theo hiện trạng sử dụng).
    fn by_use(&self) -> Result<Vec<AssetsOfUse>> {
        Ok(self.by(|group| Some(group.used_for))?.into_iter().map(|(key, sums)| AssetsOfUse(key, sums)).collect())
    }

    /// Houses and land, by how far they are rearranged (theo tình trạng sắp xếp lại).
    fn by_rearrangement(&self) -> Result<Vec<AssetsRearranged>> {
        let estate = |group: &Group| group.kind.is_house_or_land().then_some(group.rearrangement);
        Ok(self.by(estate)?.into_iter().map(|(key, sums)| AssetsRearranged(key, sums)).collect())
    }

    /// By the unit that managed them on the day, each alone (theo đơn vị).
    fn by_organisation(&self) -> Result<Vec<AssetsOfOrganisation>> {
        let found = self.by(|group| Some(group.organisation_id))?;
        Ok(found.into_iter().map(|(key, sums)| AssetsOfOrganisation(key, sums)).collect())
    }
}
