//! Classifications by autonomy in the schema: the record, lists, and how many units are in which group. What changes them
//! stands in [`mutation`].

pub mod mutation;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::autonomy::autonomy_classification;
use uuid::Uuid;

use super::rules::{Class, Levels};
use super::store::{self, Filter};
use super::{AutonomyBand, AutonomyGroup, AutonomyState, service};
use access::Caller;
use access::policy::Subject;
use base::account::graphql::{Person, load_person};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::scalar::{Count, Vnd, money};

/// The key of "did the caller write in this classification" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AutonomyWrittenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<AutonomyWrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[AutonomyWrittenByCaller],
    ) -> Result<HashMap<AutonomyWrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = store::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (AutonomyWrittenByCaller(id), true)).collect())
    }
}

/// How a public service unit is classified by its financial autonomy (phân loại mức tự chủ tài chính).
pub struct AutonomyClassification(pub Arc<autonomy_classification::Model>);

/// How a public service unit is classified by its financial autonomy in a stability period (phân loại mức tự chủ tài chính
/// trong giai đoạn ổn định; NĐ 60/2021/NĐ-CP Art. 9, amended by NĐ 111/2025/NĐ-CP; not verified).
#[rows::row_object]
impl AutonomyClassification {
    /// The unit (đơn vị sự nghiệp công lập).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// First year of the stability period (năm đầu giai đoạn ổn định).
    #[graphql(name = "fromYear")]
    fn first_year(&self) -> i32 {
        self.0.from_year
    }

    /// Its last year (năm cuối giai đoạn ổn định).
    fn to_year(&self) -> i32 {
        self.0.to_year
    }

    /// The edition, from 1: what is decided is never changed, a next edition takes its place (lần).
    fn edition(&self) -> i32 {
        self.0.edition
    }

    /// A: recurrent revenue by scope, in đồng (nguồn thu để xác định mức tự bảo đảm chi thường xuyên).
    fn recurrent_revenue(&self) -> Result<Vnd> {
        Ok(money(self.0.revenue_vnd)?)
    }

    /// B: recurrent expenditure, in đồng (chi thường xuyên).
    fn recurrent_expenditure(&self) -> Result<Vnd> {
        Ok(money(self.0.expenditure_vnd)?)
    }

    /// The level: A over B, exact (mức tự bảo đảm chi thường xuyên). The group follows from the exact fraction, never from
    /// the rounded percent.
    fn level(&self) -> Rate {
        Rate::new(self.0.revenue_vnd, self.0.expenditure_vnd)
    }

    /// Whether the unit declares that it finances its investment itself (tự bảo đảm chi đầu tư).
    fn self_financed_investment(&self) -> bool {
        self.0.investment_self_financed
    }

    /// How much, in đồng; 0 where it does not (số chi đầu tư tự bảo đảm).
    fn investment_amount(&self) -> Result<Vnd> {
        Ok(money(self.0.investment_vnd)?)
    }

    /// The thresholds in percent that the computed group was reckoned with, the highest first: of the day of the decision,
    /// and before it of the day of the proposal (ngưỡng phân nhóm).
    fn thresholds(&self) -> Result<Vec<i32>> {
        let levels =
            Levels::parse(&self.0.levels).ok_or_else(|| ApiError::internal("thresholds that can't be read"))?;
        let all = [levels.whole, levels.high, levels.middle, levels.low];
        Ok(all.into_iter().map(|level| i32::try_from(level).unwrap_or(i32::MAX)).collect())
    }

    /// The group that the amounts and the thresholds give (nhóm theo tính toán).
    fn computed_group(&self) -> Result<AutonomyGroup> {
        Ok(AutonomyGroup::from_str(&self.0.computed_group).map_err(ApiError::from)?)
    }

    /// Its band; of GROUP_3 alone (bậc theo tính toán).
    fn computed_band(&self) -> Result<Option<AutonomyBand>> {
        Ok(self.0.computed_band.as_deref().map(AutonomyBand::from_str).transpose().map_err(ApiError::from)?)
    }

    /// The group that is proposed, and then decided (nhóm tự chủ).
    fn group(&self) -> Result<AutonomyGroup> {
        Ok(AutonomyGroup::from_str(&self.0.proposed_group).map_err(ApiError::from)?)
    }

    /// Its band; of GROUP_3 alone (bậc của nhóm 3).
    fn band(&self) -> Result<Option<AutonomyBand>> {
        Ok(self.0.proposed_band.as_deref().map(AutonomyBand::from_str).transpose().map_err(ApiError::from)?)
    }

    /// Whether the group or the band is another than the computed one; then there is an explanation (khác với tính toán).
    fn differs_from_computed(&self) -> Result<bool> {
        let proposed = Class::of(&self.0.proposed_group, self.0.proposed_band.as_deref())?;
        let computed = Class::of(&self.0.computed_group, self.0.computed_band.as_deref())?;
        Ok(proposed != computed)
    }

    /// Why the group is another than the computed one (giải trình).
    fn explanation(&self) -> Option<&str> {
        self.0.explanation.as_deref()
    }

    /// Why there is a next edition; null of the first (lý do điều chỉnh).
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Its state (trạng thái).
    fn state(&self) -> Result<AutonomyState> {
        Ok(service::state_of(&self.0)?)
    }

    /// Why it was returned last; null where it never was (lý do yêu cầu chỉnh lý).
    fn returned_reason(&self) -> Option<&str> {
        self.0.returned_reason.as_deref()
    }

    /// Who appraised it; null before (người thẩm định).
    async fn appraised_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.appraised_by?;
        or_null(load_person(ctx, id).await)
    }

    /// When it was appraised (ngày thẩm định).
    fn appraised_on(&self) -> Option<NaiveDate> {
        self.0.appraised_on
    }

    /// What the finance division says of it (ý kiến thẩm định).
    fn appraisal_opinion(&self) -> Option<&str> {
        self.0.appraisal_opinion.as_deref()
    }

    /// Number of the decision (số quyết định).
    fn decision_number(&self) -> Option<&str> {
        self.0.decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> Option<NaiveDate> {
        self.0.decision_date
    }

    /// Who decided (người quyết định).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
    }

    /// First day on which it holds; null before the decision (áp dụng từ ngày).
    fn effective_from(&self) -> Option<NaiveDate> {
        self.0.effective_from
    }

    /// Last day on which it holds: of the stability period, of the unit, or the day before the next edition holds (đến
    /// ngày). Before `effectiveFrom` where a correction left it no day; null before the decision.
    async fn effective_to(&self, ctx: &Context<'_>) -> Result<Option<NaiveDate>> {
        let Some(last) = self.0.effective_to else { return Ok(None) };
        let unit = load_required(ctx, self.0.organisation_id).await?;
        Ok(Some(unit.0.effective_to.map_or(last, |ended| ended.min(last))))
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it now. Only the last edition of a stability period takes steps.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let written = async {
            let found = ctx.loader()?.load_one(AutonomyWrittenByCaller(self.0.id)).await;
            Ok::<bool, ApiError>(found.map_err(ApiError::shared)?.unwrap_or(false))
        };
        let (upward, organisation, written) = futures_util::try_join!(
            upward(ctx, self.0.organisation_id),
            load_required(ctx, self.0.organisation_id),
            written,
        )?;
        let subject = Subject {
            organisation_id: self.0.organisation_id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: false,
            form: None,
        };
        let decisions = service::allowed_actions(&ctx.request()?.caller, &self.0, written, &subject)?;
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

connection! {
    /// A page of classifications by autonomy.
    AutonomyClassificationConnection, AutonomyClassificationEdge, AutonomyClassification
}

/// What to look for among classifications by autonomy; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct AutonomyClassificationFilter {
    /// Only of the organisation of this code and those below it (đơn vị).
    pub organisation: Option<String>,
    /// Only of stability periods that begin in this year (năm đầu giai đoạn).
    pub from_year: Option<i32>,
    /// Only of these groups, as proposed or decided (nhóm tự chủ).
    pub groups: Option<Vec<AutonomyGroup>>,
    /// Only in these states (trạng thái).
    pub states: Option<Vec<AutonomyState>>,
    /// Only those that hold on this day, as is known today (ngày áp dụng).
    pub on: Option<NaiveDate>,
    /// Only those whose group or band is another than the computed one (true), or is the computed one (false).
    pub differs_from_computed: Option<bool>,
}

/// How many units are in a group (số đơn vị theo nhóm).
#[derive(Debug, Clone, Copy, rows::RowObject)]
pub struct AutonomyGroupCount {
    /// The group (nhóm tự chủ).
    pub group: AutonomyGroup,
    /// The band; null for all of the group together (bậc của nhóm 3).
    pub band: Option<AutonomyBand>,
    /// How many (số đơn vị).
    pub count: Count,
}

/// How many public service units are in which group on a day (tổng hợp mức tự chủ tài chính).
#[derive(Debug, Clone, rows::RowObject)]
pub struct AutonomySummary {
    /// The day (tính đến ngày).
    pub on: NaiveDate,
    /// How many public service units there are (tổng số đơn vị sự nghiệp công lập).
    pub units: Count,
    /// How many of them are classified (số đơn vị đã phân loại).
    pub classified: Count,
    /// The classified ones over all; without a value where there are no units (tỷ lệ đã phân loại).
    pub classified_rate: Rate,
    /// How many are in each group; every group stands there, after it the bands of GROUP_3.
    pub groups: Vec<AutonomyGroupCount>,
}

/// Reading classifications by autonomy.
#[derive(Default)]
pub struct AutonomyQuery;

/// Reading classifications by autonomy.
#[rows::row_object]
impl AutonomyQuery {
    /// Classifications of public service units by financial autonomy that the caller may see (phân loại mức tự chủ tài
    /// chính), by first year, unit and edition: every edition stands there.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn autonomy_classifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: AutonomyClassificationFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<AutonomyClassificationConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let code = filter.organisation.as_deref();
        let organisation_id = organisations::id_of(connection, &viewer, programme.as_deref(), code).await?;
        let filter = Filter {
            programme_id,
            organisation_id,
            from_year: filter.from_year,
            groups: filter.groups.unwrap_or_default(),
            states: filter.states.unwrap_or_default(),
            on: filter.on,
            differs: filter.differs_from_computed,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(AutonomyClassificationConnection(Rows::of(slice, |row| AutonomyClassification(Arc::new(row)))))
    }

    /// How many public service units are in which group on a day (tổng hợp mức tự chủ tài chính). Open to everybody with a
    /// grant, as the figures of measures are: what is not decided does not count.
    async fn autonomy_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today by default.")] on: Option<NaiveDate>,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<AutonomySummary> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let whose = match organisation {
            Some(code) => organisations::by_code(connection, &viewer, Some(&programme.code), &code).await?,
            None => organisations::root_of(connection, programme.id).await?,
        };
        let on = on.unwrap_or_else(|| app.clock.today());
        let (units, counts) = futures_util::try_join!(
            store::count_units(connection, &viewer, whose.id, on),
            store::count_groups(connection, &viewer, whose.id, on),
        )?;
        let mut groups = Vec::new();
        for &group in AutonomyGroup::ALL {
            let of_group = counts.iter().filter(|((name, _), _)| name == group.as_str());
            groups.push(AutonomyGroupCount {
                group,
                band: None,
                count: Count(of_group.map(|(_, count)| *count).sum()),
            });
            if group == AutonomyGroup::Group3 {
                for &band in AutonomyBand::ALL {
                    let key = (group.as_str().to_owned(), Some(band.as_str().to_owned()));
                    let count = Count(counts.get(&key).copied().unwrap_or(0));
                    groups.push(AutonomyGroupCount { group, band: Some(band), count });
                }
            }
        }
        let classified: i64 = counts.values().sum();
        Ok(AutonomySummary {
            on,
            units: Count(units),
            classified: Count(classified),
            classified_rate: Rate::new(classified, units),
            groups,
        })
    }
}
