//! Root fields that may be executed once only.

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{
    Definition, Directive, Document, Field, FragmentDefinition, OperationDefinition, OperationType, Selection,
};

use super::position::Lines;
use super::refusal::Denial;
use kernel::error::ErrorCode;
use kernel::i18n::Message;

/// The root selections as the engine is to see them.
///
/// Fields of equal response name are one field (specification 6.3.2, CollectFields). The engine runs
/// each of them and merges the answers: no harm in a query, but a mutation would be carried out twice.
/// And it finds the field of a subscription only where no fragment stands around it. So the roots of
/// both are collected here; a query's stay as they are.
pub(super) fn of(
    operation: &OperationDefinition,
    tree: &Document,
    lines: &Lines<'_>,
) -> Result<Vec<Selection>, Denial> {
    if operation.operation_type == OperationType::Query {
        return Ok(operation.selection_set.clone());
    }
    let fragments = tree.definitions.iter().filter_map(Definition::as_fragment_definition);
    let fragments = fragments.map(|fragment| (fragment.name.as_str(), fragment)).collect();
    let mut roots = Roots { fragments, lines, fields: Vec::new(), places: HashMap::new() };
    roots.collect(&operation.selection_set, &[])?;
    Ok(roots.fields.into_iter().map(Selection::Field).collect())
}

struct Roots<'a> {
    fragments: HashMap<&'a str, &'a Node<FragmentDefinition>>,
    lines: &'a Lines<'a>,
    fields: Vec<Node<Field>>,
    /// Where the field of a response name stands among them.
    places: HashMap<&'a str, usize>,
}

impl<'a> Roots<'a> {
    /// Type conditions need no look: validation lets none but the root type itself stand here.
    fn collect(&mut self, selections: &'a [Selection], around: &[&'a Node<Directive>]) -> Result<(), Denial> {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(field, around)?,
                Selection::InlineFragment(inline) => {
                    self.collect(&inline.selection_set, &conditions(around, &inline.directives))?;
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(spread.fragment_name.as_str()).copied() {
                        self.collect(&fragment.selection_set, &conditions(around, &spread.directives))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Node<Field>, around: &[&'a Node<Directive>]) -> Result<(), Denial> {
        let mut field = (field.response_name().as_str(), field.clone());
        if !around.is_empty() {
            field.1.make_mut().directives.extend(around.iter().map(|directive| (*directive).clone()));
        }
        let (name, field) = field;
        let Some(first) = self.places.get(name).and_then(|place| self.fields.get_mut(*place)) else {
            self.places.insert(name, self.fields.len());
            self.fields.push(field);
            return Ok(());
        };
        if first.directives != field.directives {
            // Executed if either condition holds: no single field of the engine's can say that.
            let message = Message::new("gate-root-field-twice").with("field", super::document::shorten(name, 100));
            let at = self.lines.of(field.location());
            return Err(Denial::one(ErrorCode::GraphqlValidationFailed, message, Some(at)));
        }
        first.make_mut().selection_set.extend(field.selection_set.iter().cloned());
        Ok(())
    }
}

/// A fragment's `@skip` and `@include` hold for every field in it.
fn conditions<'a>(around: &[&'a Node<Directive>], own: &'a [Node<Directive>]) -> Vec<&'a Node<Directive>> {
    let own = own.iter().filter(|directive| directive.name == "skip" || directive.name == "include");
    around.iter().copied().chain(own).collect()
}
