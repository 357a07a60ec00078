//! What changes the register of legal documents.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Result};
use chrono::NaiveDate;

use super::{LegalDocument, LegalDocumentKeyInput};
use crate::rules::{DocumentInput, RelationInput};
use crate::service;
use crate::service::{SaveRequest, WithdrawRequest};
use crate::{LegalDocumentKind, LegalField, LegalIssuerLevel, LegalRelationKind};
use access::policy::{Action, roles_for};
use kernel::error::ApiResult;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::id;
use kit::id::Kind;
use kit::payload::{UserErrorObject, lines, split};

/// What a document does to another.
#[derive(Debug, InputObject)]
pub struct LegalRelationInput {
    /// What it does (loại quan hệ).
    pub kind: LegalRelationKind,
    /// To which document: one of the register, or another of this request; not issued later (văn bản chịu tác động).
    pub document: LegalDocumentKeyInput,
    /// From which day, where the document states it; its own first day of effect when left out (từ ngày).
    pub effective_on: Option<NaiveDate>,
}

/// A document to enter or to change.
#[derive(Debug, InputObject)]
pub struct LegalDocumentInput {
    /// The document that is changed; left out for a new one.
    pub id: Option<ID>,
    /// The version that the caller has seen, of one that is changed.
    pub expected_version: Option<i32>,
    /// Number and symbol; up to 64 characters (số, ký hiệu). With day and level it is unique in the register.
    pub number: String,
    /// Kind (loại văn bản).
    pub kind: LegalDocumentKind,
    /// Whether it is a normative legal document (văn bản quy phạm pháp luật).
    pub normative: bool,
    /// Level that issued it (cấp ban hành).
    pub issuer_level: LegalIssuerLevel,
    /// Who issued it; up to 300 characters (cơ quan ban hành).
    pub issuer: String,
    /// Field (lĩnh vực).
    pub field: LegalField,
    /// Title in short words; up to 500 characters (trích yếu).
    pub title: String,
    /// Day of issue; not later than today (ngày ban hành).
    pub issued_on: NaiveDate,
    /// First day of effect; before the day of issue only of the centre (ngày có hiệu lực).
    pub effective_on: NaiveDate,
    /// First day on which it holds no more by its own words (ngày hết hiệu lực nêu trong văn bản).
    pub expires_on: Option<NaiveDate>,
    /// Whether the ward must review it: it guides or carries out (thuộc diện phải rà soát).
    pub must_review: bool,
    /// Code of the unit that answers for it and reviews it (đơn vị chịu trách nhiệm).
    pub organisation: String,
    /// Code of the closed consultation on its draft; only of a document of the ward (dự thảo đã lấy ý kiến).
    pub draft: Option<String>,
    /// Sections of the tasks of the plan that it serves, such as `II.1.b.3`; up to 20 (nhiệm vụ liên quan).
    #[graphql(default)]
    pub tasks: Vec<String>,
    /// All that it does to others; up to 50. What is left out is taken back (quan hệ với văn bản khác).
    #[graphql(default)]
    pub relations: Vec<LegalRelationInput>,
}

/// Documents to enter or to change (cập nhật danh mục văn bản): up to 100, all or none.
#[derive(Debug, InputObject)]
pub struct SaveLegalDocumentsInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The documents.
    pub documents: Vec<LegalDocumentInput>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct SaveLegalDocumentsPayload {
    /// How many were entered or changed.
    pub saved: u32,
    /// The documents after the change, as they were given; none when something must be mended, or on a dry run.
    pub documents: Vec<LegalDocument>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// A document that was entered by mistake.
#[derive(Debug, InputObject)]
pub struct WithdrawLegalDocumentInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The document.
    pub id: ID,
    /// Why; up to 2,000 characters (lý do).
    pub reason: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct WithdrawLegalDocumentPayload {
    /// The document after the change; null when something must be mended, or on a dry run.
    pub document: Option<LegalDocument>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

fn document(input: LegalDocumentInput) -> ApiResult<DocumentInput> {
    let relation = |relation: LegalRelationInput| RelationInput {
        kind: relation.kind,
        document: relation.document.into(),
        effective_on: relation.effective_on,
    };
    Ok(DocumentInput {
        id: input.id.map(|id| id::expect(Kind::LegalDocument, &id)).transpose()?,
        expected_version: input.expected_version,
        number: input.number,
        kind: input.kind,
        normative: input.normative,
        issuer_level: input.issuer_level,
        issuer: input.issuer,
        field: input.field,
        title: input.title,
        issued_on: input.issued_on,
        effective_on: input.effective_on,
        expires_on: input.expires_on,
        must_review: input.must_review,
        organisation: input.organisation,
        draft: input.draft,
        tasks: input.tasks,
        relations: input.relations.into_iter().map(relation).collect(),
    })
}

/// Changing the register of legal documents.
#[derive(Default)]
pub struct LegalMutation;

/// Changing the register of legal documents.
#[rows::row_object]
impl LegalMutation {
    /// Enters documents, or changes them (cập nhật danh mục văn bản). When a document ends, and by which other, follows from
    /// what the documents do to each other, and the figures with it. Who may: officer and head of the unit that keeps
    /// the register today (`legalRegister`).
    #[graphql(directive = requires::apply(Action::KeepLegalDocuments, roles_for(Action::KeepLegalDocuments)))]
    async fn save_legal_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The documents.")] input: SaveLegalDocumentsInput,
    ) -> Result<SaveLegalDocumentsPayload> {
        let dry_run = input.dry_run;
        let wanted = SaveRequest {
            programme: input.programme,
            documents: input.documents.into_iter().map(document).collect::<ApiResult<_>>()?,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let (done, user_errors) = split(service::save(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        let rows = done.filter(|_| !dry_run).unwrap_or_default();
        let documents: Vec<LegalDocument> = rows.into_iter().map(|row| LegalDocument(Arc::new(row))).collect();
        Ok(SaveLegalDocumentsPayload { saved: lines(documents.len()), documents, user_errors })
    }

    /// Takes a document out of the register that was entered by mistake and has no review (đưa văn bản nhập nhầm ra khỏi
    /// danh mục). It counts nowhere and does nothing to others; it stays in the journal.
    #[graphql(directive = requires::apply(Action::KeepLegalDocuments, roles_for(Action::KeepLegalDocuments)))]
    async fn withdraw_legal_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: WithdrawLegalDocumentInput,
    ) -> Result<WithdrawLegalDocumentPayload> {
        let dry_run = input.dry_run;
        let wanted = WithdrawRequest {
            programme: input.programme,
            id: id::expect(Kind::LegalDocument, &input.id)?,
            reason: input.reason,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let (done, user_errors) = split(service::withdraw(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        let document = done.filter(|_| !dry_run).map(|row| LegalDocument(Arc::new(row)));
        Ok(WithdrawLegalDocumentPayload { document, user_errors })
    }
}
