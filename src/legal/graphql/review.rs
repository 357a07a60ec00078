//! Campaigns and reviews of legal documents in the schema. What changes them stands in [`mutation`].

pub mod mutation;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::legal::{legal_campaign, legal_review};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{LegalDocument, load_document};
use crate::figures;
use crate::service::reviews as service;
use crate::store::reviews as store;
use crate::{LegalFinding, LegalIssuerLevel, LegalOutcome, LegalProposal, LegalReviewState, service as register};
use access::policy::Subject;
use access::{Caller, Viewer};
use base::account::graphql::{Person, load_person};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use base::period::{PeriodCode, ReportingPeriod};
use kernel::error::{ApiError, ApiResult};
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::scalar::Count;

/// The campaign of a period, as a filter names it.
pub async fn campaign_id(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    period: &str,
) -> ApiResult<Uuid> {
    let code = service::period_of(period)?.code();
    let found = store::campaign(connection, viewer, programme_id, &code).await?;
    Ok(found.ok_or_else(|| ApiError::not_found("kind-legal-campaign", code))?.id)
}

/// The key of a campaign in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegalCampaignId(pub Uuid);

#[async_trait::async_trait]
impl Loader<LegalCampaignId> for Batch {
    type Value = Arc<legal_campaign::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LegalCampaignId]) -> Result<HashMap<LegalCampaignId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::campaigns_by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (LegalCampaignId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the reviews of a document in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegalReviewsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<LegalReviewsOf> for Batch {
    type Value = Arc<Vec<Arc<legal_review::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LegalReviewsOf]) -> Result<HashMap<LegalReviewsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<LegalReviewsOf, Vec<Arc<legal_review::Model>>> = HashMap::new();
        for row in store::of_documents(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)? {
            found.entry(LegalReviewsOf(row.document_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of "did the caller write in this review" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegalReviewWrittenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<LegalReviewWrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[LegalReviewWrittenByCaller],
    ) -> Result<HashMap<LegalReviewWrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = store::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (LegalReviewWrittenByCaller(id), true)).collect())
    }
}

/// A campaign of reviews of documents (đợt rà soát).
#[derive(Clone)]
pub struct LegalCampaign(pub Arc<legal_campaign::Model>);

/// A campaign of reviews of documents (đợt rà soát).
#[rows::row_object]
impl LegalCampaign {
    /// Its period: a year or a half-year by the ND09 calendar (kỳ rà soát).
    fn period(&self) -> Result<ReportingPeriod> {
        Ok(ReportingPeriod(service::period_of(&self.0.period_code)?))
    }

    /// Title (tên đợt rà soát).
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Its last day; null while it is open: nothing is written or confirmed in it afterwards (ngày kết thúc).
    fn closed_on(&self) -> Option<NaiveDate> {
        self.0.closed_on
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

connection! {
    /// A page of campaigns.
    LegalCampaignConnection, LegalCampaignEdge, LegalCampaign
}

/// The review of a document in a campaign (kết quả rà soát văn bản).
#[derive(Clone)]
pub struct LegalReview(pub Arc<legal_review::Model>);

impl LegalReview {
    async fn loaded_campaign(&self, ctx: &Context<'_>) -> ApiResult<Arc<legal_campaign::Model>> {
        let found = ctx.loader()?.load_one(LegalCampaignId(self.0.campaign_id)).await.map_err(ApiError::shared)?;
        found.ok_or_else(|| ApiError::internal("a review of no campaign"))
    }
}

/// The review of a document in a campaign (kết quả rà soát văn bản).
#[rows::row_object]
impl LegalReview {
    /// The campaign (đợt rà soát).
    async fn campaign(&self, ctx: &Context<'_>) -> Result<LegalCampaign> {
        Ok(LegalCampaign(self.loaded_campaign(ctx).await?))
    }

    /// The document (văn bản được rà soát).
    async fn document(&self, ctx: &Context<'_>) -> Result<LegalDocument> {
        Ok(load_document(ctx, self.0.document_id).await?)
    }

    /// The unit that reviewed it (đơn vị rà soát).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// When (ngày rà soát). Once confirmed it counts from this day until the ND09 year is over.
    fn reviewed_on(&self) -> NaiveDate {
        self.0.reviewed_on
    }

    /// What was found (kết quả).
    fn finding(&self) -> Result<LegalFinding> {
        Ok(LegalFinding::from_str(&self.0.finding).map_err(ApiError::from)?)
    }

    /// What is proposed (kiến nghị).
    fn proposal(&self) -> Result<LegalProposal> {
        Ok(LegalProposal::from_str(&self.0.proposal).map_err(ApiError::from)?)
    }

    /// To which level a change is proposed; null where none is (cấp nhận kiến nghị).
    fn addressee(&self) -> Option<ApiResult<LegalIssuerLevel>> {
        let level = self.0.addressee.as_deref()?;
        Some(LegalIssuerLevel::from_str(level).map_err(ApiError::from))
    }

    /// In words (nội dung).
    fn content(&self) -> &str {
        &self.0.content
    }

    /// Its state (trạng thái).
    fn state(&self) -> Result<LegalReviewState> {
        Ok(service::state_of(&self.0)?)
    }

    /// Who confirmed or returned it (người xác nhận).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
    }

    /// Why it was returned (lý do yêu cầu làm lại).
    fn return_reason(&self) -> Option<&str> {
        self.0.return_reason.as_deref()
    }

    /// What became of the proposal (kết quả xử lý).
    fn outcome(&self) -> Result<LegalOutcome> {
        Ok(service::outcome_of(&self.0)?)
    }

    /// When it was done or rejected (ngày xử lý).
    fn outcome_on(&self) -> Option<NaiveDate> {
        self.0.outcome_on
    }

    /// The document that did it (văn bản xử lý).
    async fn outcome_document(&self, ctx: &Context<'_>) -> Option<ApiResult<LegalDocument>> {
        let id = self.0.outcome_document_id?;
        Some(load_document(ctx, id).await)
    }

    /// Why it was rejected (lý do không được chấp nhận).
    fn outcome_reason(&self) -> Option<&str> {
        self.0.outcome_reason.as_deref()
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let written = async {
            let found = ctx.loader()?.load_one(LegalReviewWrittenByCaller(self.0.id)).await;
            Ok::<bool, ApiError>(found.map_err(ApiError::shared)?.unwrap_or(false))
        };
        let (upward, organisation, written, campaign) = futures_util::try_join!(
            upward(ctx, self.0.organisation_id),
            load_required(ctx, self.0.organisation_id),
            written,
            self.loaded_campaign(ctx),
        )?;
        let subject = Subject {
            organisation_id: self.0.organisation_id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: written,
            form: None,
        };
        let decisions = service::allowed_actions(&ctx.request()?.caller, &self.0, &campaign, &subject)?;
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

connection! {
    /// A page of reviews of documents.
    LegalReviewConnection, LegalReviewEdge, LegalReview
}

/// What to look for among reviews of documents; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct LegalReviewFilter {
    /// Only of the campaign of this period, `2026` or `2026-H1`.
    pub campaign: Option<PeriodCode>,
    /// Only those of the organisation of this code, or of one below it.
    pub organisation: Option<String>,
    /// Only in these states.
    pub states: Option<Vec<LegalReviewState>>,
    /// Only with these findings.
    pub findings: Option<Vec<LegalFinding>>,
    /// Only with these proposals.
    pub proposals: Option<Vec<LegalProposal>>,
    /// Only with these outcomes.
    pub outcomes: Option<Vec<LegalOutcome>>,
}

/// How far a unit, or all together, are with their reviews on a day (tiến độ rà soát).
pub struct LegalReviewProgress {
    organisation_id: Option<Uuid>,
    counts: [i64; 4],
}

/// How far a unit, or all together, are with their reviews on a day (tiến độ rà soát).
#[rows::row_object]
impl LegalReviewProgress {
    /// The unit; null for all together (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.organisation_id?;
        Some(load_required(ctx, id).await)
    }

    /// Documents in force on the day that must be reviewed (văn bản phải rà soát).
    #[graphql(name = "toReview")]
    fn still_to_review(&self) -> Count {
        Count(self.counts[0])
    }

    /// Of these, documents with a confirmed review of the ND09 year of the day (đã rà soát).
    fn reviewed(&self) -> Count {
        Count(self.counts[1])
    }

    /// Reviewed over to review (tỷ lệ rà soát).
    fn rate(&self) -> Rate {
        Rate::new(self.counts[1], self.counts[0])
    }

    /// Confirmed proposals to change documents, since the beginning (kiến nghị).
    fn findings(&self) -> Count {
        Count(self.counts[2])
    }

    /// Of these, proposals that were done or rejected (đã có kết quả).
    fn handled(&self) -> Count {
        Count(self.counts[3])
    }
}

/// Reading campaigns and reviews of documents.
#[derive(Default)]
pub struct LegalReviewQuery;

/// Reading campaigns and reviews of documents.
#[rows::row_object]
impl LegalReviewQuery {
    /// Campaigns of reviews (đợt rà soát), by period.
    async fn legal_campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<LegalCampaignConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let page = page(first, after, last, before)?;
        let slice = store::campaign_page(connection, &viewer, programme.id, &page).await?;
        Ok(LegalCampaignConnection(Rows::of(slice, |row| LegalCampaign(Arc::new(row)))))
    }

    /// Reviews of documents (kết quả rà soát), by their day. Everybody sees those that were confirmed; the unit, the standing
    /// body and the Chair see all.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn legal_reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: LegalReviewFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<LegalReviewConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let code = programme.as_deref();
        let campaign_id = match &filter.campaign {
            Some(period) => {
                let programme = organisations::programme_by_code(connection, &viewer, code).await?;
                Some(campaign_id(connection, &viewer, programme.id, &period.0).await?)
            }
            None => None,
        };
        let filter = store::ReviewFilter {
            programme_id: organisations::programme_id_of(connection, &viewer, code).await?,
            campaign_id,
            organisation_id: organisations::id_of(connection, &viewer, code, filter.organisation.as_deref()).await?,
            states: filter.states.unwrap_or_default(),
            findings: filter.findings.unwrap_or_default(),
            proposals: filter.proposals.unwrap_or_default(),
            outcomes: filter.outcomes.unwrap_or_default(),
        };
        let slice = store::review_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(LegalReviewConnection(Rows::of(slice, |row| LegalReview(Arc::new(row)))))
    }

    /// How far the units are with their reviews on a day (tiến độ rà soát): all together first, then each unit that has
    /// documents to review or proposals.
    async fn legal_review_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<Vec<LegalReviewProgress>> {
        let app = ctx.app()?;
        let connection = app.db.read();
        let programme = organisations::programme_by_code(connection, &ctx.viewer()?, programme.as_deref()).await?;
        let day = on.unwrap_or_else(|| app.clock.today());
        let units = figures::on_day(&register::figures(connection, programme.id).await?, day);
        let mut all = [0; 4];
        for counts in units.values() {
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        let whole = LegalReviewProgress { organisation_id: None, counts: all };
        let each = units.into_iter().map(|(id, counts)| LegalReviewProgress { organisation_id: Some(id), counts });
        Ok(std::iter::once(whole).chain(each.filter(|unit| unit.counts != [0; 4])).collect())
    }
}
