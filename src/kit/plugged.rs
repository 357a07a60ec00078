//! What a form brings to the workflow, and the forms of this server as the application holds them.

use async_trait::async_trait;
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use access::Permit;
use kernel::error::ApiResult;
use kernel::form::{Figures, FormChange, FormCode, Warning};
use kernel::period::{Calendar, Period, PeriodKind};
use kernel::units::OrganisationKind;
use kernel::user_error::UserError;
use templates::rules::{CellFault, Cells};

/// What a form says of a submission before it is sent.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// What must be mended.
    pub errors: Vec<UserError>,
    /// What must be acknowledged.
    pub warnings: Vec<Warning>,
}

/// What a form brings to the workflow.
#[async_trait]
pub trait Form: Send + Sync {
    /// Which form it is.
    fn code(&self) -> FormCode;

    /// The calendar of its periods.
    fn calendar(&self) -> Calendar;

    /// The kinds of periods it is submitted for.
    fn kinds(&self) -> &'static [PeriodKind];

    /// The kinds of organisations that may submit it; all when empty.
    fn organisation_kinds(&self) -> &'static [OrganisationKind] {
        &[]
    }

    /// What it has beside what its template can say; none for a form that no template describes.
    fn beside(&self) -> Option<&'static dyn Beside> {
        None
    }

    /// Checks a stored submission before it is sent, and again before it is accepted.
    async fn review(&self, tx: &DatabaseTransaction, submission: &submission::Model) -> ApiResult<Review>;

    /// Why nothing can be done with a submission any more, whatever its state: the books of its year are closed.
    async fn barred(&self, _tx: &DatabaseTransaction, _submission: &submission::Model) -> ApiResult<Option<UserError>> {
        Ok(None)
    }

    /// What others must have written about a submission before it is accepted, such as an appraisal; it is mended by
    /// them, and not by whoever submits.
    async fn unready(&self, _tx: &DatabaseTransaction, _submission: &submission::Model) -> ApiResult<Vec<UserError>> {
        Ok(Vec::new())
    }

    /// Brings what a submission took over from a register to what the register says now, when it is accepted and
    /// before its figures are taken. From then on it stays, so that figures can be rebuilt.
    async fn renew(
        &self,
        _tx: &DatabaseTransaction,
        _permit: &Permit,
        _submission: &submission::Model,
    ) -> ApiResult<()> {
        Ok(())
    }

    /// What a submission gives: every measure of the form, each once, given or not. What one edition gave and the
    /// next does not is a figure no more.
    async fn figures(&self, tx: &DatabaseTransaction, submission: &submission::Model) -> ApiResult<Figures>;

    /// Copies the lines of one edition to the next.
    async fn copy_lines(&self, tx: &DatabaseTransaction, permit: &Permit, from: Uuid, to: Uuid) -> ApiResult<()>;

    /// What is different between two editions, line by line.
    async fn changes(&self, connection: &DatabaseConnection, from: Uuid, to: Uuid) -> ApiResult<Vec<FormChange>>;
}

/// What one form has beside what its template can say: rules that rest on parameters, what others write about it, and
/// figures that are computed rather than summed. A feature implements it; `api::forms` plugs it in.
#[async_trait]
pub trait Beside: Send + Sync {
    /// What does not hold in the cells of a form for a period, beside what the template checks.
    async fn faults(
        &self,
        _tx: &DatabaseTransaction,
        _programme_id: Uuid,
        _period: &Period,
        _cells: &Cells,
    ) -> ApiResult<Vec<CellFault>> {
        Ok(Vec::new())
    }

    /// What is odd about a form, though not wrong.
    async fn warnings(
        &self,
        _tx: &DatabaseTransaction,
        _row: &submission::Model,
        _cells: &Cells,
    ) -> ApiResult<Vec<Warning>> {
        Ok(Vec::new())
    }

    /// What others must have written about a submission before it is accepted.
    async fn unready(&self, _tx: &DatabaseTransaction, _row: &submission::Model) -> ApiResult<Vec<UserError>> {
        Ok(Vec::new())
    }

    /// The measures that are computed; those of the template stand beside them.
    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model, cells: &Cells) -> ApiResult<Figures>;
}

/// Every form there is.
pub struct Forms(Vec<&'static dyn Form>);

impl Forms {
    /// Puts together a set of forms; the application's set stands in `api::forms`.
    pub fn new(forms: Vec<&'static dyn Form>) -> Forms {
        Forms(forms)
    }

    /// The form of a code.
    pub fn get(&self, code: FormCode) -> ApiResult<&'static dyn Form> {
        self.0
            .iter()
            .find(|form| form.code() == code)
            .copied()
            .ok_or_else(|| kernel::error::ApiError::internal(format!("no such form: {code}")))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &'static dyn Form> {
        self.0.iter().copied()
    }
}
