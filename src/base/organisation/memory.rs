//! Codes that readers narrow by, and the identifiers behind them: looked up once in a caller's few seconds.

use access::Viewer;
use kernel::error::{ApiError, ApiResult};
use kit::app::App;
use uuid::Uuid;

use super::store;

/// The identifier of the programme of a code, or of the only one that the caller may see.
pub async fn programme(app: &App, viewer: &Viewer, code: Option<&str>) -> ApiResult<Uuid> {
    let question = format!("programme {code:?}");
    app.remember(viewer, question, async { Ok(store::programme_by_code(app.db.read(), viewer, code).await?.id) }).await
}

/// The identifiers of the organisations of some codes; NOT_FOUND for a code that is none the caller may see.
pub async fn organisations(
    app: &App,
    viewer: &Viewer,
    programme_id: Option<Uuid>,
    codes: &[String],
) -> ApiResult<Vec<Uuid>> {
    let question = format!("organisations {programme_id:?} {codes:?}");
    let look_up = async {
        let rows = store::by_codes(app.db.read(), viewer, programme_id, codes).await?;
        for code in codes {
            if !rows.iter().any(|row| row.code == *code) {
                return Err(ApiError::not_found("kind-organisation", code.chars().take(64).collect::<String>()));
            }
        }
        Ok(rows.into_iter().map(|row| row.id).collect())
    };
    app.remember(viewer, question, look_up).await
}
