//! The directive on each mutation that names the roles which may call it. Its arguments are asked from the
//! policy: `#[graphql(directive = requires::apply(Action::SaveForm, roles_for(Action::SaveForm)))]`.

use async_graphql::TypeDirective;

use access::policy::Action;
use access::role::Role;

/// Who may call this field: somebody with one of these roles, held where the policy's table says
/// (docs/permissions.md). `action` is what `allowedActions` and `whoMay` call it.
#[TypeDirective(location = "FieldDefinition")]
pub fn requires(action: Action, roles: Vec<Role>) {}
