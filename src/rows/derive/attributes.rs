//! Attributes and doc comments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, ExprLit, Lit, LitBool, LitStr, Meta, Result, Token, parenthesized};

/// The description that doc comments make: each line trimmed, and the whole.
pub fn description(attributes: &[Attribute]) -> TokenStream {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    optional(lines.reduce(|text, line| text + "\n" + &line).map(|text| text.trim().to_owned()))
}

/// An optional string as an expression.
pub fn optional(text: Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::std::option::Option::Some(#text)),
        None => quote!(::std::option::Option::None),
    }
}

/// Reads `#[graphql(...)]`.
pub fn graphql(attributes: &[Attribute], mut each: impl FnMut(ParseNestedMeta) -> Result<()>) -> Result<()> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("graphql"))
        .try_for_each(|attribute| attribute.parse_nested_meta(&mut each))
}

/// Takes `#[graphql(...)]` off.
pub fn strip(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| !attribute.path().is_ident("graphql"));
}

/// The text of `key = "..."`.
pub fn text(meta: &ParseNestedMeta) -> Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

/// What `#[graphql(...)]` says of a field.
#[derive(Default)]
pub struct FieldAttributes {
    /// Its name in the schema.
    pub name: Option<String>,
    /// No field.
    pub skip: bool,
    /// Statements on `field` that enter the rest in the registry.
    pub statements: TokenStream,
}

impl FieldAttributes {
    /// Of a field of an object.
    pub fn read(attributes: &[Attribute]) -> Result<FieldAttributes> {
        let mut found = FieldAttributes::default();
        graphql(attributes, |meta| {
            if meta.path.is_ident("name") {
                found.name = Some(text(&meta)?);
            } else if meta.path.is_ident("skip") {
                found.skip = true;
            } else if meta.path.is_ident("deprecation") {
                let reason = match meta.value().ok().map(|value| value.parse::<Lit>()).transpose()? {
                    Some(Lit::Bool(LitBool { value: false, .. })) => return Ok(()),
                    Some(Lit::Str(reason)) => Some(reason.value()),
                    _ => None,
                };
                let reason = optional(reason);
                found.statements.extend(quote!(::rows::schema::deprecate(&mut field, #reason);));
            } else if meta.path.is_ident("directive") {
                let call: Expr = meta.value()?.parse()?;
                let directive = directive(&call).ok_or_else(|| meta.error("expected `directive::apply(...)`"))?;
                found.statements.extend(quote! {
                    <#directive as ::async_graphql::registry::location_traits::Directive_At_FIELD_DEFINITION>::check();
                    <#directive as ::async_graphql::TypeDirective>::register(&#directive, registry);
                    field.directive_invocations.push(#call);
                });
            } else {
                return Err(meta.error("not known here"));
            }
            Ok(())
        })?;
        Ok(found)
    }
}

fn directive(call: &Expr) -> Option<syn::Path> {
    let Expr::Call(call) = call else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let mut path = path.path.clone();
    (path.segments.pop()?.value().ident == "apply").then_some(())?;
    path.segments.pop_punct()?;
    Some(path)
}

/// What `#[graphql(...)]` says of an argument.
#[derive(Default)]
pub struct ArgumentAttributes {
    /// Its name in the schema.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its default.
    pub default: Option<TokenStream>,
    /// Not to be logged.
    pub secret: bool,
    /// Calls of validators on `raw`.
    pub validators: Vec<TokenStream>,
}

impl ArgumentAttributes {
    /// Of an argument.
    pub fn read(attributes: &[Attribute]) -> Result<ArgumentAttributes> {
        let mut found = ArgumentAttributes::default();
        graphql(attributes, |meta| {
            if meta.path.is_ident("name") {
                found.name = Some(text(&meta)?);
            } else if meta.path.is_ident("desc") {
                found.description = Some(text(&meta)?);
            } else if meta.path.is_ident("secret") {
                found.secret = true;
            } else if meta.path.is_ident("default_with") {
                let default: TokenStream = meta.value()?.parse::<LitStr>()?.parse()?;
                found.default = Some(quote!((#default)));
            } else if meta.path.is_ident("default") {
                found.default = Some(if meta.input.peek(Token![=]) {
                    match meta.value()?.parse::<Lit>()? {
                        Lit::Str(text) => quote!(::std::borrow::ToOwned::to_owned(#text)),
                        Lit::Int(number) => {
                            let number = number.base10_parse::<i32>()?;
                            quote!(::std::convert::TryInto::try_into(#number).unwrap_or_default())
                        }
                        lit @ (Lit::Bool(_) | Lit::Float(_)) => quote!(#lit),
                        _ => return Err(meta.error("use `default_with`")),
                    }
                } else {
                    quote!(::std::default::Default::default())
                });
            } else if meta.path.is_ident("validator") {
                meta.parse_nested_meta(|validator| {
                    let name = validator.path.require_ident()?.clone();
                    let limit: Lit = validator.value()?.parse()?;
                    // The engine's derive reads these two as wide numbers.
                    let limit = match limit {
                        Lit::Int(number) if name == "minimum" || name == "maximum" => {
                            let number = number.base10_parse::<i64>()?;
                            quote!(#number)
                        }
                        limit => quote!(#limit),
                    };
                    found.validators.push(quote!(::async_graphql::validators::#name(raw, #limit)));
                    Ok(())
                })?;
            } else {
                return Err(meta.error("not known here"));
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// The fields of an interface: `field(name = "...", ty = "...", desc = "...")`.
pub fn interface_fields(attributes: &[Attribute]) -> Result<Vec<(String, syn::Type, Option<String>)>> {
    let mut fields = Vec::new();
    graphql(attributes, |meta| {
        if !meta.path.is_ident("field") {
            return Err(meta.error("only `field(...)` is known here"));
        }
        let (mut name, mut ty, mut description) = (None, None, None);
        let content;
        parenthesized!(content in meta.input);
        while !content.is_empty() {
            let key: syn::Ident = content.parse()?;
            content.parse::<Token![=]>()?;
            let value: LitStr = content.parse()?;
            match key.to_string().as_str() {
                "name" => name = Some(value.value()),
                "ty" => ty = Some(value.parse()?),
                "desc" => description = Some(value.value()),
                _ => return Err(syn::Error::new(key.span(), "not known here")),
            }
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        match (name, ty) {
            (Some(name), Some(ty)) => fields.push((name, ty, description)),
            _ => return Err(meta.error("`name` and `ty` are needed")),
        }
        Ok(())
    })?;
    Ok(fields)
}
