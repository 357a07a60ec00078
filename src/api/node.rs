//! `node` and `nodes` (GraphQL Global Object Identification): any record by its global identifier.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};

use apparatus::change::graphql::{ChangeId, OrganisationChange};
use apparatus::delegation::graphql::{Delegation, DelegationId};
use base::indicator::graphql::{IndicatorObservation, MeasureValue};
use base::indicator::store as figures;
use base::organisation::graphql::{Organisation, OrganisationId};
use base::programme::graphql::{Programme, ProgrammeId, Target, Task};
use base::programme::store as programmes;
use digital::dataset::graphql::{Dataset, DatasetId};
use finance::asset::graphql::{AssetId, PublicAsset};
use forms::workflow::graphql::{Submission, SubmissionId};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kit::context::{ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use legal::graphql::{LegalDocument, LegalDocumentId};
use procedures::procedure::graphql::{Procedure, ProcedureId};
use procedures::simplification::graphql::{ProcedureReview, ReviewId};

/// A record with a global identifier (bản ghi).
#[derive(rows::RowInterface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global identifier."))]
pub enum Node {
    /// A programme.
    Programme(Programme),
    /// An organisation.
    Organisation(Organisation),
    /// A target.
    Target(Target),
    /// A task.
    Task(Task),
    /// A procedure.
    Procedure(Procedure),
    /// A review of a procedure.
    ProcedureReview(ProcedureReview),
    /// A change of organisations.
    OrganisationChange(OrganisationChange),
    /// A decentralised or authorised power.
    Delegation(Delegation),
    /// A legal document.
    LegalDocument(LegalDocument),
    /// A public asset.
    PublicAsset(PublicAsset),
    /// An edition of a dataset.
    Dataset(Dataset),
    /// A submission.
    Submission(Submission),
    /// A figure of an indicator.
    IndicatorObservation(IndicatorObservation),
    /// A figure of a measure.
    MeasureValue(MeasureValue),
}

/// The most identifiers of one `nodes` request.
const MAX_NODES: usize = 100;

async fn load(ctx: &Context<'_>, text: &str) -> ApiResult<Option<Node>> {
    // An identifier that says nothing names no record that the caller may see.
    let Some((kind, key)) = id::decode(text) else { return Ok(None) };
    let (loader, viewer, connection) = (ctx.loader()?, ctx.viewer()?, ctx.app()?.db.read());
    Ok(match kind {
        Kind::Programme => {
            let row = loader.load_one(ProgrammeId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::Programme(Programme(row)))
        }
        Kind::Organisation => {
            let row = loader.load_one(OrganisationId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::Organisation(Organisation(row)))
        }
        Kind::Procedure => {
            let row = loader.load_one(ProcedureId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::Procedure(Procedure(row)))
        }
        Kind::ProcedureReview => {
            let row = loader.load_one(ReviewId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::ProcedureReview(ProcedureReview(row)))
        }
        Kind::OrganisationChange => {
            let row = loader.load_one(ChangeId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::OrganisationChange(OrganisationChange(row)))
        }
        Kind::Delegation => {
            let row = loader.load_one(DelegationId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::Delegation(Delegation(row)))
        }
        Kind::LegalDocument => {
            let row = loader.load_one(LegalDocumentId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::LegalDocument(LegalDocument(row)))
        }
        Kind::PublicAsset => {
            let row = loader.load_one(AssetId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::PublicAsset(PublicAsset(row)))
        }
        Kind::Dataset => {
            let row = loader.load_one(DatasetId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::Dataset(Dataset(row)))
        }
        Kind::Submission => {
            let row = loader.load_one(SubmissionId(key)).await.map_err(ApiError::shared)?;
            row.map(|row| Node::Submission(Submission(row)))
        }
        Kind::Target => {
            let row = programmes::targets_by_ids(connection, &viewer, vec![key]).await?.pop();
            row.map(|row| Node::Target(Target(Arc::new(row))))
        }
        Kind::Task => {
            let row = programmes::tasks_by_ids(connection, &viewer, vec![key]).await?.pop();
            row.map(|row| Node::Task(Task(Arc::new(row))))
        }
        Kind::IndicatorObservation => {
            let row = figures::observations_by_ids(connection, &viewer, vec![key]).await?.pop();
            row.map(|row| Node::IndicatorObservation(IndicatorObservation(Arc::new(row))))
        }
        Kind::MeasureValue => {
            let row = figures::values_by_ids(connection, &viewer, vec![key]).await?.pop();
            row.map(|row| Node::MeasureValue(MeasureValue(Arc::new(row))))
        }
        // The journal and accounts are read through what shows them.
        Kind::AuditEvent | Kind::Person => None,
    })
}

/// Reading any record by its identifier.
#[derive(Default)]
pub struct NodeQuery;

/// Reading any record by its identifier.
#[rows::row_object]
impl NodeQuery {
    /// The record of a global identifier; null when there is none that the caller may see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global identifier.")] id: ID,
    ) -> Option<ApiResult<Node>> {
        or_null(load(ctx, &id).await)
    }

    /// The records of up to 100 global identifiers, each in its place; null where there is none that the
    /// caller may see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global identifiers.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            let message = Message::new("too-many-ids").with("max", MAX_NODES).with("given", ids.len());
            return Err(ApiError::bad_input(message).into());
        }
        let found = ids.iter().map(|id| load(ctx, id));
        Ok(futures_util::future::try_join_all(found).await?)
    }
}
