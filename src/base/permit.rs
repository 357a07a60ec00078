//! Asking the policy about a record of an organisation.

use entity::organisation::organisation;
use sea_orm::DatabaseTransaction;

use crate::organisation::store as organisations;
use access::policy;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit};
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kit::app::App;

/// Asks the policy about an organisation's record, of which it is known whether the caller wrote in it.
pub async fn permit_on(
    tx: &DatabaseTransaction,
    caller: &Caller,
    action: Action,
    organisation: &organisation::Model,
    written_by_caller: bool,
) -> ApiResult<Permit> {
    permit_about(tx, caller, action, organisation, (written_by_caller, None)).await
}

/// The same, of a record of a form.
pub async fn permit_about(
    tx: &DatabaseTransaction,
    caller: &Caller,
    action: Action,
    organisation: &organisation::Model,
    (written_by_caller, form): (bool, Option<FormCode>),
) -> ApiResult<Permit> {
    let upward = organisations::upward(tx, organisation.id).await?;
    let subject = Subject {
        organisation_id: organisation.id,
        upward: &upward,
        standing_body: organisation.standing_body,
        written_by_caller,
        form,
    };
    Ok(policy::permit(caller, action, &subject)?)
}

/// Leave to read what is no record of a register or form: the journal, the permissions. A refusal is
/// journaled like that of a write.
pub async fn permit_to_read(
    app: &App,
    request: &RequestContext,
    action: Action,
    organisation: &organisation::Model,
) -> ApiResult<Permit> {
    let upward = organisations::upward(app.db.read(), organisation.id).await?;
    let subject = Subject {
        organisation_id: organisation.id,
        upward: &upward,
        standing_body: organisation.standing_body,
        written_by_caller: false,
        form: None,
    };
    match policy::permit(&request.caller, action, &subject) {
        Ok(permit) => Ok(permit),
        Err(refused) => {
            let error = ApiError::from(refused);
            app.journal_refusal(request, &error).await?;
            Err(error)
        }
    }
}
