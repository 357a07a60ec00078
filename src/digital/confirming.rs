//! Who confirms: the standing body, or the head of the unit that leads the task today; never of his own unit's line, and
//! never whoever wrote in it. The plan names no lead for II.6, so that who leads is what `assignLead` says
//! (domain facts 1.2).

use entity::organisation::organisation;
use entity::programme::lead_assignment;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use access::policy;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::permit::permit_on;
use base::programme::store as programmes;
use kernel::error::ApiResult;
use kernel::units::{LeadRole, LeadSubject};
use kit::app::App;

/// The task whose lead confirms that integrations are live: data shared between information systems.
pub const INTEGRATION_TASK: &str = "II.6.b.3";
/// The task whose lead confirms that findings are remedied: TCVN ISO 18091.
pub const STANDARD_TASK: &str = "II.6.b.6";

/// The units that lead, by their assignments; not the one whose line it is.
fn leading(leads: &[lead_assignment::Model], organisation_id: Uuid) -> impl Iterator<Item = Uuid> {
    let lead = |row: &&lead_assignment::Model| row.role == LeadRole::Lead.as_str();
    leads.iter().filter(lead).map(|row| row.organisation_id).filter(move |id| *id != organisation_id)
}

/// Leave to confirm as the lead: whoever is head of a unit that leads.
pub fn as_lead(
    caller: &Caller,
    leads: &[lead_assignment::Model],
    organisation_id: Uuid,
    written_by_caller: bool,
) -> Option<Permit> {
    let asked = |id: Uuid| {
        let subject =
            Subject { organisation_id: id, upward: &[id], standing_body: false, written_by_caller, form: None };
        policy::permit(caller, Action::ConfirmAsLead, &subject).ok()
    };
    leading(leads, organisation_id).find_map(asked)
}

/// Leave to confirm a line of an organisation, as the lead of a task or by the standing body's rule. The refusal is that
/// of the standing body's rule.
pub async fn permit(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    (programme_id, section): (Uuid, &str),
    organisation: &organisation::Model,
    written_by_caller: bool,
) -> ApiResult<Permit> {
    let key = (programme_id, LeadSubject::Task, section.to_owned());
    let keys = std::slice::from_ref(&key);
    let leads = programmes::leads(tx, &Viewer::server(), keys, app.clock.today()).await?.remove(&key);
    if let Some(permit) = as_lead(&request.caller, &leads.unwrap_or_default(), organisation.id, written_by_caller) {
        return Ok(permit);
    }
    permit_on(tx, &request.caller, Action::ConfirmDigital, organisation, written_by_caller).await
}
