//! Public assets (tài sản công; plan II.5.b.4 and II.5.b.5): land, houses, cars and what else is above a threshold, with
//! who manages them, how houses and land are rearranged, and the schemes by which assets are leased.
//!
//! ```text
//!   record (draft) ──confirm──► edition that holds from its day on ──► the next ...
//!
//!                decide             complete
//!   PROPOSED ──────────► APPROVED ──────────► DONE
//!              └───────► REJECTED   APPROVED or DONE ─ a newer one is approved ─► replaced
//! ```
//!
//! A unit's officer records, its head or the finance division confirms; only what is confirmed counts, and only the
//! draft is hidden, never the asset. Plans are rows of their own: a rejected one is proposed anew by a new row, an
//! approved one is replaced by another with its own decision.
//!
//! Source: domain facts 8; Luật Quản lý, sử dụng tài sản công 15/2017/QH14 (not verified article by article).

pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;
pub mod timeline;

use kernel::text_enum::text_enum;

text_enum! {
    /// What a public asset is (loại tài sản).
    pub enum AssetKind {
        /// Land (đất).
        Land = "LAND",
        /// A house or another building (nhà, công trình).
        House = "HOUSE",
        /// A car (xe ô tô).
        Car = "CAR",
        /// Anything else that cost at least what the parameter PUBLIC_ASSET_THRESHOLD says (tài sản khác).
        Other = "OTHER",
    }
}

impl AssetKind {
    /// Whether it is a house or land, which are rearranged (thuộc diện sắp xếp lại, xử lý nhà, đất).
    pub fn is_house_or_land(self) -> bool {
        matches!(self, AssetKind::Land | AssetKind::House)
    }
}

text_enum! {
    /// What an asset is used for (hiện trạng sử dụng).
    pub enum AssetUse {
        /// Offices and the work of the State (trụ sở làm việc, phục vụ quản lý).
        Office = "OFFICE",
        /// Public service (hoạt động sự nghiệp).
        Service = "SERVICE",
        /// Leased to others (cho thuê).
        Lease = "LEASE",
        /// Used for business (kinh doanh).
        Business = "BUSINESS",
        /// Put into a joint venture or association (liên doanh, liên kết).
        JointVenture = "JOINT_VENTURE",
        /// Empty, not used (bỏ trống, chưa sử dụng).
        Empty = "EMPTY",
        /// Anything else (sử dụng khác).
        Other = "OTHER",
    }
}

impl AssetUse {
    /// The scheme that such a use needs; none where it needs none.
    pub fn scheme(self) -> Option<AssetSchemePurpose> {
        match self {
            AssetUse::Lease => Some(AssetSchemePurpose::Lease),
            AssetUse::Business => Some(AssetSchemePurpose::Business),
            AssetUse::JointVenture => Some(AssetSchemePurpose::JointVenture),
            AssetUse::Office | AssetUse::Service | AssetUse::Empty | AssetUse::Other => None,
        }
    }
}

text_enum! {
    /// Where the record of an asset stands (trạng thái hồ sơ tài sản).
    pub enum AssetState {
        /// Recorded, and never confirmed yet (mới ghi nhận).
        Recorded = "RECORDED",
        /// Confirmed (đã xác nhận).
        Confirmed = "CONFIRMED",
        /// Confirmed, and there no more (đã kết thúc).
        Ended = "ENDED",
    }
}

text_enum! {
    /// The kind of a legal paper (loại giấy tờ pháp lý).
    pub enum AssetPaperKind {
        /// Certificate of land use rights; of land and houses only (giấy chứng nhận quyền sử dụng đất).
        LandUseCertificate = "LAND_USE_CERTIFICATE",
        /// Decision that allocates the asset (quyết định giao đất, giao tài sản).
        AllocationDecision = "ALLOCATION_DECISION",
        /// Registration of a vehicle; of cars only (đăng ký xe).
        VehicleRegistration = "VEHICLE_REGISTRATION",
        /// Another one (giấy tờ khác).
        Other = "OTHER",
    }
}

text_enum! {
    /// Why an asset is there no more (lý do kết thúc).
    pub enum AssetEndCause {
        /// Liquidated (thanh lý).
        Liquidated = "LIQUIDATED",
        /// Sold, by auction or otherwise (bán, đấu giá).
        Sold = "SOLD",
        /// Transferred to somebody outside the programme (điều chuyển ra ngoài).
        TransferredOut = "TRANSFERRED_OUT",
        /// Recovered by the State (thu hồi).
        Recovered = "RECOVERED",
        /// Demolished or destroyed by decision (phá dỡ, tiêu hủy).
        Demolished = "DEMOLISHED",
        /// Lost or ruined; the only one that needs no decision (mất, hủy hoại).
        Lost = "LOST",
    }
}

text_enum! {
    /// How a house or land is rearranged (hình thức sắp xếp lại, xử lý nhà, đất).
    pub enum AssetPlanWay {
        /// Kept, and used on (giữ lại tiếp tục sử dụng).
        Keep = "KEEP",
        /// Transferred (điều chuyển).
        Transfer = "TRANSFER",
        /// Recovered (thu hồi).
        Recover = "RECOVER",
        /// Auctioned (đấu giá).
        Auction = "AUCTION",
        /// Converted to another purpose (chuyển mục đích sử dụng).
        Convert = "CONVERT",
        /// Demolished (phá dỡ).
        Demolish = "DEMOLISH",
    }
}

text_enum! {
    /// What a scheme uses an asset for (mục đích của đề án).
    pub enum AssetSchemePurpose {
        /// Lease (cho thuê).
        Lease = "LEASE",
        /// Business (kinh doanh).
        Business = "BUSINESS",
        /// Joint venture or association (liên doanh, liên kết).
        JointVenture = "JOINT_VENTURE",
    }
}

text_enum! {
    /// The state of a plan or scheme (trạng thái phương án, đề án).
    pub enum AssetPlanState {
        /// Proposed, and not decided yet (đã đề xuất).
        Proposed = "PROPOSED",
        /// Approved, and not carried out yet; of a scheme: approved, and not ended (đã được phê duyệt).
        Approved = "APPROVED",
        /// Rejected (không được phê duyệt).
        Rejected = "REJECTED",
        /// Carried out; of a scheme: ended (đã thực hiện, đã kết thúc).
        Done = "DONE",
        /// Approved once, and a newer one stands in its place (đã được thay thế).
        Replaced = "REPLACED",
    }
}

text_enum! {
    /// How far a house or land is rearranged (tình trạng sắp xếp lại).
    pub enum AssetRearrangement {
        /// No plan is approved (chưa có phương án được duyệt).
        NoPlan = "NO_PLAN",
        /// A plan is proposed and none approved; shown to those who may see proposals, NO_PLAN to others (đang đề xuất).
        Proposed = "PROPOSED",
        /// A plan is approved and not carried out yet (đang thực hiện).
        Approved = "APPROVED",
        /// The approved plan is carried out (đã sắp xếp xong).
        Done = "DONE",
    }
}

text_enum! {
    /// What is decided about a plan or scheme (quyết định).
    pub enum AssetPlanDecision {
        /// Approve it, by a decision (phê duyệt).
        Approve = "APPROVE",
        /// Reject it, with a reason (không phê duyệt).
        Reject = "REJECT",
    }
}

text_enum! {
    /// What a row of plans is about; in the schema a plan and a scheme are two types.
    pub enum PlanSubject {
        /// Rearranging a house or land: a plan.
        Rearrangement = "REARRANGEMENT",
        /// Leasing an asset, or another such use: a scheme.
        Exploitation = "EXPLOITATION",
    }
}
