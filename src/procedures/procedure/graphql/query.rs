//! Reading procedures: what may be looked for, and the lists.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;
use entity::procedure::procedure_version;

use super::{Procedure, ProcedureConnection};
use crate::procedure::rules::{AccessChannel, AccessChannels, Audience, ChangeKind, FieldGroup, Level, OnlineLevel};
use crate::procedure::store::{self, PublicationDue, Record};
use crate::publicity;
use crate::publicity::rules::due_if_announced_by;
use base::organisation::store as organisations;
use base::parameter;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kit::connection::{Rows, page};
use kit::context::{ContextExt, or_null};

/// What to look for among procedures; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct ProcedureFilter {
    /// Only those whose code, name and field hold every word of this, in any order; diacritics and case do not matter.
    pub search: Option<String>,
    /// Only of this field, by code.
    pub field_code: Option<String>,
    /// Only of this field group.
    pub field_group: Option<FieldGroup>,
    /// Only of this level.
    pub level: Option<Level>,
    /// Only for this audience.
    pub audience: Option<Audience>,
    /// Only of this online level.
    pub online_level: Option<OnlineLevel>,
    /// Only those that qualify for online provision, or do not.
    pub online_eligible: Option<bool>,
    /// Only those provided online, or not.
    pub online_provided: Option<bool>,
    /// Only those offered by the national portal, or not.
    pub integrated_on_national_portal: Option<bool>,
    /// Only those with a fee or charge, or without.
    pub has_financial_obligation: Option<bool>,
    /// Only those that can be paid online, or not.
    pub online_payment_enabled: Option<bool>,
    /// Only those that can be paid on the national portal, or not.
    pub payable_on_national_portal: Option<bool>,
    /// Only those that several agencies handle, or one.
    pub inter_agency: Option<bool>,
    /// Only those that can be reached in all of these ways; at most 6.
    #[graphql(validator(max_items = 6))]
    pub access_channels: Option<Vec<AccessChannel>>,
    /// Only those for which a mobile phone is enough, or not.
    pub mobile_accessible: Option<bool>,
    /// Only those whose version on the day is one of these; at most 5.
    #[graphql(validator(max_items = 5))]
    pub change_kinds: Option<Vec<ChangeKind>>,
    /// Only those in force that had to be made public by today and are not, or the others (chậm công khai, plan
    /// II.2.b.3): announced or amended longer ago than the parameter PUBLICATION_DAYS, and not public since, or
    /// found outdated or missing, at each of the PUBLICATION_PLACES.
    pub publication_overdue: Option<bool>,
    /// Only those in force on this day, as they stood then.
    pub in_force_on: Option<NaiveDate>,
}

impl ProcedureFilter {
    fn looked_for(self, internal: bool) -> store::Filter {
        use procedure_version::Column;
        let flags = [
            (Column::OnlineEligible, self.online_eligible),
            (Column::OnlineProvided, self.online_provided),
            (Column::IntegratedOnNationalPortal, self.integrated_on_national_portal),
            (Column::HasFinancialObligation, self.has_financial_obligation),
            (Column::OnlinePaymentEnabled, self.online_payment_enabled),
            (Column::PayableOnNationalPortal, self.payable_on_national_portal),
            (Column::InterAgency, self.inter_agency),
        ];
        store::Filter {
            search: self.search,
            field_code: self.field_code,
            field_group: self.field_group,
            level: self.level,
            audience: self.audience,
            online_level: self.online_level,
            change_kinds: self.change_kinds.unwrap_or_default(),
            flags: flags.into_iter().filter_map(|(column, value)| value.map(|value| (column, value))).collect(),
            access_channels: AccessChannels::of(&self.access_channels.unwrap_or_default()),
            mobile_accessible: self.mobile_accessible,
            internal: Some(internal),
            in_force: self.in_force_on.is_some(),
            ..store::Filter::default()
        }
    }
}

/// The part of the arguments that both lists share.
struct Listing {
    programme: Option<String>,
    organisation: Option<String>,
    filter: ProcedureFilter,
    on: Option<NaiveDate>,
    internal: bool,
}

async fn list(ctx: &Context<'_>, listing: Listing, page: &kit::paging::Page) -> Result<ProcedureConnection> {
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    let connection = app.db.read();
    let programme_id = organisations::programme_id_of(connection, &viewer, listing.programme.as_deref()).await?;
    let organisation_id =
        organisations::id_of(connection, &viewer, listing.programme.as_deref(), listing.organisation.as_deref())
            .await?;
    let on = match (listing.filter.in_force_on, listing.on) {
        (Some(in_force), Some(on)) if in_force != on => {
            return Err(ApiError::bad_input(Message::new("procedure-two-days")).into());
        }
        (in_force, on) => in_force.or(on).unwrap_or_else(|| app.clock.today()),
    };
    let publication_overdue = match listing.filter.publication_overdue {
        None => None,
        Some(overdue) => {
            // How many days and where is each programme's own to say.
            let programme = organisations::programme_by_code(connection, &viewer, listing.programme.as_deref()).await?;
            let today = app.clock.today();
            let parameters = parameter::store::in_force(connection, programme.id, today).await?;
            let days = parameters.count(parameter::Code::PublicationDays)?;
            let due = PublicationDue {
                announced_by: due_if_announced_by(today, days),
                places: publicity::store::required_places(&parameters)?,
            };
            Some((overdue, due))
        }
    };
    let filter = store::Filter {
        programme_id,
        organisation_id,
        publication_overdue,
        ..listing.filter.looked_for(listing.internal)
    };
    let slice = store::page(connection, &viewer, &filter, on, page).await?;
    Ok(ProcedureConnection(Rows::of(slice, |row| Procedure(Arc::new(row)))))
}

/// Reading procedures.
#[derive(Default)]
pub struct ProcedureQuery;

/// Reading procedures.
#[rows::row_object]
impl ProcedureQuery {
    /// The procedure of a code, internal ones too; null when there is none that the caller may see.
    async fn procedure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `1.001193`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "As it stood on this day; today unless said.")] on: Option<NaiveDate>,
    ) -> Option<ApiResult<Procedure>> {
        let found = async {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            let connection = app.db.read();
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            let on = on.unwrap_or_else(|| app.clock.today());
            Ok(store::records_by_codes(connection, programme.id, std::slice::from_ref(&code), on).await?.remove(&code))
        };
        or_null(found.await.map(|row: Option<Record>| row.map(|row| Procedure(Arc::new(row)))))
    }

    /// The people's procedures (thủ tục hành chính), by code; as they stand today, unless another day is asked for.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only those that the organisation of this code manages.")] organisation: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ProcedureFilter,
        #[graphql(desc = "As they stood on this day; today, or the filter's `inForceOn`, unless said.")] on: Option<
            NaiveDate,
        >,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProcedureConnection> {
        let listing = Listing { programme, organisation, filter, on, internal: false };
        list(ctx, listing, &page(first, after, last, before)?).await
    }

    /// Internal procedures between agencies (thủ tục hành chính nội bộ, plan II.2.b.1), by code.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn internal_procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only those that the organisation of this code manages.")] organisation: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ProcedureFilter,
        #[graphql(desc = "As they stood on this day; today, or the filter's `inForceOn`, unless said.")] on: Option<
            NaiveDate,
        >,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProcedureConnection> {
        let listing = Listing { programme, organisation, filter, on, internal: true };
        list(ctx, listing, &page(first, after, last, before)?).await
    }
}
