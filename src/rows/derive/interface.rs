//! Interfaces of row objects.

use inflector::Inflector;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Result};

use crate::attributes::{description, interface_fields, optional};

/// From an enum of the types that have it.
pub fn of_enum(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &item.data else { return Err(Error::new_spanned(&item.ident, "expected an enum")) };
    let (ident, text, name) = (&item.ident, description(&item.attrs), item.ident.to_string().to_pascal_case());
    let (mut variants, mut types) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        let mut fields = variant.fields.iter();
        let (Some(field), None) = (fields.next(), fields.next()) else {
            return Err(Error::new_spanned(variant, "expected one type"));
        };
        variants.push(&variant.ident);
        types.push(&field.ty);
    }
    let fields = interface_fields(&item.attrs)?;
    let entries = fields.iter().map(|(name, ty, text)| {
        let (name, text) = (name.to_camel_case(), optional(text.clone()));
        quote! {
            let ty = <#ty as ::async_graphql::OutputType>::create_type_info(registry);
            fields.insert(::std::borrow::ToOwned::to_owned(#name), ::rows::schema::field(#name, #text, ty));
        }
    });
    Ok(quote! {
        const _: () = {
            use ::async_graphql::{ContainerType, OutputType};

            #(impl ::std::convert::From<#types> for #ident {
                fn from(of: #types) -> Self {
                    #ident::#variants(of)
                }
            })*

            impl OutputType for #ident {
                fn type_name() -> ::std::borrow::Cow<'static, str> {
                    ::std::borrow::Cow::Borrowed(#name)
                }

                fn introspection_type_name(&self) -> ::std::borrow::Cow<'static, str> {
                    match self {
                        #(#ident::#variants(_) => <#types as OutputType>::type_name(),)*
                    }
                }

                fn create_type_info(registry: &mut ::async_graphql::registry::Registry) -> ::std::string::String {
                    registry.create_output_type::<Self, _>(::async_graphql::registry::MetaTypeId::Interface, |registry| {
                        #(
                            <#types as OutputType>::create_type_info(registry);
                            registry.add_implements(&<#types as OutputType>::type_name(), #name);
                        )*
                        let mut fields = ::rows::schema::Fields::new();
                        #(#entries)*
                        let types = ::std::vec![#(<#types as OutputType>::type_name().into_owned()),*];
                        ::rows::schema::interface(#name, #text, fields, types, ::std::any::type_name::<Self>())
                    })
                }

                fn resolve<'life0, 'life1, 'life2, 'life3, 'async_trait>(
                    &'life0 self,
                    ctx: &'life1 ::async_graphql::ContextSelectionSet<'life2>,
                    field: &'life3 ::async_graphql::Positioned<::async_graphql::parser::types::Field>,
                ) -> ::rows::BoxFuture<'async_trait, ::async_graphql::ServerResult<::async_graphql::Value>>
                where
                    'life0: 'async_trait, 'life1: 'async_trait, 'life2: 'async_trait, 'life3: 'async_trait, Self: 'async_trait,
                {
                    match self {
                        #(#ident::#variants(of) => OutputType::resolve(of, ctx, field),)*
                    }
                }
            }

            impl ContainerType for #ident {
                fn resolve_field<'life0, 'life1, 'life2, 'async_trait>(
                    &'life0 self,
                    ctx: &'life1 ::async_graphql::Context<'life2>,
                ) -> ::rows::BoxFuture<'async_trait, ::async_graphql::ServerResult<::std::option::Option<::async_graphql::Value>>>
                where
                    'life0: 'async_trait, 'life1: 'async_trait, 'life2: 'async_trait, Self: 'async_trait,
                {
                    match self {
                        #(#ident::#variants(of) => ContainerType::resolve_field(of, ctx),)*
                    }
                }

                fn collect_all_fields<'life>(
                    &'life self,
                    ctx: &::async_graphql::ContextSelectionSet<'life>,
                    fields: &mut ::async_graphql::resolver_utils::Fields<'life>,
                ) -> ::async_graphql::ServerResult<()> {
                    match self {
                        #(#ident::#variants(of) => ContainerType::collect_all_fields(of, ctx, fields),)*
                    }
                }
            }

            impl ::async_graphql::InterfaceType for #ident {}
            ::rows::plain_output!(#ident);
        };
    })
}
