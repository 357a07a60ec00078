//! Row objects, from an `impl` and from a struct.

use inflector::Inflector;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Data, DeriveInput, Error, Fields, FnArg, GenericArgument, Generics, ImplItem, ImplItemFn, ItemImpl,
    Lifetime, LitStr, Pat, PathArguments, Result, ReturnType, Type,
};

use crate::attributes::{self, ArgumentAttributes, FieldAttributes, description, optional, strip};

/// A type as it is declared.
struct Object<'a> {
    ty: &'a dyn ToTokens,
    generics: &'a Generics,
    name: String,
    description: TokenStream,
    fields: Vec<Field>,
    /// Whether features above add fields of their own.
    extensible: bool,
}

/// A field of it.
#[derive(Default)]
struct Field {
    name: String,
    description: TokenStream,
    /// Its type, with all lifetimes static.
    ty: TokenStream,
    /// Statements on `field` that enter arguments, directives and so on in the registry.
    statements: TokenStream,
    loaded: bool,
    /// The parser of a plain getter's arguments.
    arguments: Option<TokenStream>,
    /// Writes it, of `self`, `at` and `out`.
    show: Option<TokenStream>,
    /// Its future, of `self` and `at`.
    load: Option<TokenStream>,
}

/// From an `impl` whose methods are the fields.
pub fn of_impl(options: TokenStream, mut item: ItemImpl) -> Result<TokenStream> {
    let (mut name, mut extensible) = (None, false);
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("extensible") {
            extensible = true;
            return Ok(());
        }
        if !meta.path.is_ident("name") {
            return Err(meta.error("only `name` and `extensible` are known here"));
        }
        name = Some(meta.value()?.parse::<LitStr>()?.value());
        Ok(())
    });
    parser.parse2(options)?;
    let ty = (*item.self_ty).clone();
    let mut fields = Vec::new();
    for method in &mut item.items {
        if let ImplItem::Fn(method) = method {
            fields.extend(of_method(method, &ty)?);
        }
    }
    let object = Object {
        ty: &ty,
        generics: &item.generics,
        name: name.map_or_else(|| type_name(&ty), Ok)?,
        description: description(&item.attrs),
        fields,
        extensible,
    };
    let code = object.code()?;
    Ok(quote!(#item #code))
}

fn type_name(ty: &Type) -> Result<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string().to_pascal_case()),
        _ => None,
    }
    .ok_or_else(|| Error::new_spanned(ty, "expected the name of a type"))
}

/// The name of a field in the schema.
fn field_name(given: Option<String>, ident: &Ident) -> String {
    given.unwrap_or_else(|| ident.unraw().to_string().to_camel_case())
}

/// One argument of the schema.
struct Argument {
    ident: Ident,
    ty: Type,
    /// The statement that parses it from `ctx`.
    parse: TokenStream,
}

fn of_method(method: &mut ImplItemFn, self_ty: &Type) -> Result<Option<Field>> {
    let found = FieldAttributes::read(&method.attrs)?;
    strip(&mut method.attrs);
    if found.skip {
        return Ok(None);
    }
    let ident = method.sig.ident.clone();
    let ReturnType::Type(_, ty) = &method.sig.output else {
        return Err(Error::new_spanned(&method.sig, "a field has a type"));
    };
    let mut field = Field {
        name: field_name(found.name, &ident),
        description: description(&method.attrs),
        ty: settled(ty, Some(self_ty)),
        statements: found.statements,
        loaded: method.sig.asyncness.is_some(),
        ..Field::default()
    };
    let scalar = is_scalar(ty);
    let (mut calls, mut arguments) = (Vec::new(), Vec::new());
    for (place, input) in method.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(input) = input else { continue };
        if place == 1 && is_context(&input.ty) {
            calls.push(quote!(&ctx));
            continue;
        }
        let argument = of_argument(input, &mut field.statements)?;
        calls.push(argument.ident.to_token_stream());
        arguments.push(argument);
    }
    if !matches!(method.sig.inputs.first(), Some(FnArg::Receiver(receiver)) if receiver.reference.is_some()) {
        return Err(Error::new_spanned(&method.sig, "a field takes `&self`"));
    }
    let parse: TokenStream = arguments.iter().map(|argument| &argument.parse).cloned().collect();
    let idents: Vec<&Ident> = arguments.iter().map(|argument| &argument.ident).collect();
    let types: Vec<&Type> = arguments.iter().map(|argument| &argument.ty).collect();
    let ctx = calls.iter().any(|call| call.to_string().starts_with('&')).then(|| quote!(let ctx = at.context();));
    if field.loaded {
        let ctx = if arguments.is_empty() { ctx } else { Some(quote!(let ctx = at.context();)) };
        let parse = (!arguments.is_empty()).then(|| {
            quote! {
                let parsed = (|| -> ::async_graphql::ServerResult<(#(#types,)*)> { #parse Ok((#(#idents,)*)) })();
                let (#(#idents,)*) = parsed.map_err(|error| at.place(error))?;
            }
        });
        field.load = Some(quote! {
            ::std::boxed::Box::pin(async move {
                #ctx
                #parse
                let value = self.#ident(#(#calls),*).await;
                if at.shows() { at.show(&value) } else { ::rows::Plain::load(&value, at).await }
            })
        });
        return Ok(Some(field));
    }
    let take = (!arguments.is_empty()).then(|| {
        field.arguments = Some(quote!(|ctx| { #parse Ok(::std::boxed::Box::new((#(#idents,)*))) }));
        quote!(let (#(#idents,)*) = ::std::clone::Clone::clone(at.arguments::<(#(#types,)*)>()?);)
    });
    field.show = Some(quote!({ #ctx #take ::rows::Plain::show(&self.#ident(#(#calls),*), at, out) }));
    if !scalar {
        field.load = Some(match take {
            None => quote!({ #ctx ::rows::owned(self.#ident(#(#calls),*), at) }),
            Some(take) => quote!(::std::boxed::Box::pin(async move {
                let value = { #ctx #take self.#ident(#(#calls),*) };
                ::rows::Plain::load(&value, at).await
            })),
        });
    }
    Ok(Some(field))
}

fn of_argument(input: &mut syn::PatType, statements: &mut TokenStream) -> Result<Argument> {
    let Pat::Ident(pattern) = &*input.pat else { return Err(Error::new_spanned(input, "an argument has a name")) };
    let (ident, ty) = (pattern.ident.clone(), (*input.ty).clone());
    let found = ArgumentAttributes::read(&input.attrs)?;
    strip(&mut input.attrs);
    let name = field_name(found.name, &ident);
    let (text, secret) = (optional(found.description), found.secret);
    let (default, shown) = match &found.default {
        Some(default) => (
            quote!(::std::option::Option::Some(|| -> #ty { #default })),
            quote!({
                let default: #ty = #default;
                ::std::option::Option::Some(::async_graphql::InputType::to_value(&default).to_string())
            }),
        ),
        None => (quote!(::std::option::Option::None), quote!(::std::option::Option::None)),
    };
    statements.extend(quote! {
        let ty = <#ty as ::async_graphql::InputType>::create_type_info(registry);
        ::rows::schema::argument(&mut field, #name, #text, ty, #shown, #secret);
    });
    let validators = &found.validators;
    let validate = (!validators.is_empty()).then(|| {
        quote! {
            if let ::std::option::Option::Some(raw) = ::async_graphql::InputType::as_raw_value(&#ident) {
                #(#validators.map_err(|error| error.into_server_error(pos))?;)*
            }
        }
    });
    let pos = if validate.is_some() { quote!(pos) } else { quote!(_) };
    let parse = quote!(let (#pos, #ident) = ctx.param_value::<#ty>(#name, #default)?; #validate);
    Ok(Argument { ident, ty, parse })
}

fn is_context(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else { return false };
    matches!(&*reference.elem, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Context"))
}

/// Whether nothing can be selected of a type, as far as its name tells; such a getter needs no future.
fn is_scalar(ty: &Type) -> bool {
    const SCALARS: [&str; 14] = [
        "bool",
        "i32",
        "u32",
        "i64",
        "f64",
        "str",
        "String",
        "ID",
        "Uuid",
        "NaiveDate",
        "DateTime",
        "Count",
        "Vnd",
        "Cow",
    ];
    match ty {
        Type::Reference(reference) => is_scalar(&reference.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| match &last.arguments {
            PathArguments::AngleBracketed(inner) if ["Option", "Vec", "Result"].iter().any(|of| last.ident == of) => {
                matches!(inner.args.first(), Some(GenericArgument::Type(inner)) if is_scalar(inner))
            }
            _ => SCALARS.iter().any(|scalar| last.ident == scalar),
        }),
        _ => false,
    }
}

/// A type as it is named outside of its `impl`: every lifetime is static, and `Self` is spelled out.
fn settled(ty: &Type, self_ty: Option<&Type>) -> TokenStream {
    struct Settle<'a>(Option<&'a Type>);
    impl VisitMut for Settle<'_> {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            lifetime.ident = Ident::new("static", Span::call_site());
        }

        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let (Type::Path(path), Some(self_ty)) = (&*ty, self.0)
                && path.path.is_ident("Self")
            {
                *ty = self_ty.clone();
            }
            if let Type::Reference(reference) = ty {
                reference.lifetime = Some(Lifetime::new("'static", Span::call_site()));
            }
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let mut ty = ty.clone();
    Settle(self_ty).visit_type_mut(&mut ty);
    ty.into_token_stream()
}

/// From a struct whose fields are the fields.
pub fn of_struct(item: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &item.data else { return Err(Error::new_spanned(&item.ident, "expected a struct")) };
    let Fields::Named(named) = &data.fields else {
        return Err(Error::new_spanned(&item.ident, "expected named fields"));
    };
    let mut name = None;
    attributes::graphql(&item.attrs, |meta| {
        if meta.path.is_ident("name") {
            name = Some(attributes::text(&meta)?);
        } else if meta.path.is_ident("input_name") {
            attributes::text(&meta)?;
        } else {
            return Err(meta.error("not known here"));
        }
        Ok(())
    })?;
    let mut fields = Vec::new();
    for field in &named.named {
        let Some(ident) = &field.ident else { continue };
        let found = FieldAttributes::read(&output_only(&field.attrs)?)?;
        if found.skip {
            continue;
        }
        fields.push(Field {
            name: field_name(found.name, ident),
            description: description(&field.attrs),
            ty: settled(&field.ty, None),
            statements: found.statements,
            show: Some(quote!(::rows::Plain::show(&self.#ident, at, out))),
            load: (!is_scalar(&field.ty)).then(|| quote!(::rows::Plain::load(&self.#ident, at))),
            ..Field::default()
        });
    }
    let (_, generics, _) = item.generics.split_for_impl();
    let ident = &item.ident;
    let object = Object {
        ty: &quote!(#ident #generics),
        generics: &item.generics,
        name: name.unwrap_or_else(|| ident.to_string().to_pascal_case()),
        description: description(&item.attrs),
        fields,
        extensible: false,
    };
    object.code()
}

/// The attributes of a field that are not `InputObject`'s alone.
fn output_only(attributes: &[Attribute]) -> Result<Vec<Attribute>> {
    let mut kept = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("graphql")) {
        let mut of_input = false;
        attribute.parse_nested_meta(|meta| {
            of_input |= ["default", "default_with", "validator", "secret"].iter().any(|key| meta.path.is_ident(key));
            // Whatever follows the key.
            while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
                meta.input.parse::<proc_macro2::TokenTree>()?;
            }
            Ok(())
        })?;
        if !of_input {
            kept.push(attribute.clone());
        }
    }
    Ok(kept)
}

impl Object<'_> {
    fn code(&self) -> Result<TokenStream> {
        let (ty, name, text) = (self.ty, &self.name, &self.description);
        if self.fields.is_empty() {
            return Err(Error::new_spanned(ty, "an object has fields"));
        }
        let (generics, _, bounds) = self.generics.split_for_impl();
        let header = |of: TokenStream| quote!(#[automatically_derived] impl #generics #of for #ty #bounds);
        let (row, plain) = (header(quote!(::rows::Row)), header(quote!(::rows::Plain)));
        let (object, container) =
            (header(quote!(::async_graphql::ObjectType)), header(quote!(::async_graphql::ContainerType)));
        let output = header(quote!(::async_graphql::OutputType));
        let shapes = self.fields.iter().map(|field| {
            let Field { name, ty, loaded, .. } = field;
            let arguments = match &field.arguments {
                Some(parse) => quote!(::std::option::Option::Some(#parse)),
                None => quote!(::std::option::Option::None),
            };
            quote!(::rows::FieldShape { name: #name, loaded: #loaded, plan: <#ty as ::rows::Plain>::plan, arguments: #arguments })
        });
        let shows = self.fields.iter().enumerate().filter_map(|(place, field)| {
            let show = field.show.as_ref()?;
            Some(quote!(#place => #show,))
        });
        let loads = self.fields.iter().enumerate().filter_map(|(place, field)| {
            let load = field.load.as_ref()?;
            Some(quote!(#place => #load,))
        });
        let entries = self.fields.iter().map(|field| {
            let Field { name, ty, description, statements, .. } = field;
            let mutable = (!statements.is_empty()).then(|| quote!(mut));
            quote! {
                let ty = <#ty as ::async_graphql::OutputType>::create_type_info(registry);
                let #mutable field = ::rows::schema::field(#name, #description, ty);
                #statements
                fields.insert(::std::borrow::ToOwned::to_owned(#name), field);
            }
        });
        let (mut more, mut otherwise) = (
            quote!(::std::option::Option::None),
            quote!({
                let _ = at;
                ::rows::missing()
            }),
        );
        let (mut enter, mut extensions) = (None, None);
        if self.extensible {
            more = quote!(::std::option::Option::Some(::rows::extend::find::<#ty>));
            otherwise = quote!(::rows::extend::load(self, place, at));
            enter = Some(quote!(::rows::extend::enter::<Self>(registry, &mut fields);));
            extensions = Some(quote! {
                impl ::rows::extend::Extensible for #ty {
                    fn extensions() -> &'static ::std::sync::OnceLock<::std::vec::Vec<::rows::extend::Extension<Self>>> {
                        static ALL: ::std::sync::OnceLock<::std::vec::Vec<::rows::extend::Extension<#ty>>> =
                            ::std::sync::OnceLock::new();
                        &ALL
                    }
                }
            });
        }
        Ok(quote! {
            const _: () = {
                static SHAPE: ::rows::Shape = ::rows::Shape { name: #name, fields: &[#(#shapes),*], more: #more };

                #extensions

                #row {
                    fn shape() -> &'static ::rows::Shape {
                        &SHAPE
                    }

                    fn show_field(&self, place: usize, at: &::rows::At<'_>, out: &mut ::rows::Out) -> ::async_graphql::ServerResult<()> {
                        match place {
                            #(#shows)*
                            _ => { let _ = at; out.null(); ::std::result::Result::Ok(()) }
                        }
                    }

                    fn load_field<'row>(&'row self, place: usize, at: ::rows::At<'row>) -> ::rows::BoxFuture<'row, ::async_graphql::ServerResult<::async_graphql::Value>> {
                        match place {
                            #(#loads)*
                            _ => #otherwise
                        }
                    }
                }

                #plain {
                    fn plan<'plan>(planner: &::rows::Planner<'plan>, field: &'plan ::async_graphql::Positioned<::async_graphql::parser::types::Field>) -> ::rows::Plan<'plan> {
                        ::rows::plan_row(&SHAPE, planner, &field.node.selection_set.node)
                    }

                    fn show(&self, at: &::rows::At<'_>, out: &mut ::rows::Out) -> ::async_graphql::ServerResult<()> {
                        ::rows::show_row(self, at, out)
                    }

                    fn load<'row>(&'row self, at: ::rows::At<'row>) -> ::rows::BoxFuture<'row, ::async_graphql::ServerResult<::async_graphql::Value>> {
                        ::rows::load_row(self, at)
                    }
                }

                #output {
                    fn type_name() -> ::std::borrow::Cow<'static, str> {
                        ::std::borrow::Cow::Borrowed(#name)
                    }

                    fn create_type_info(registry: &mut ::async_graphql::registry::Registry) -> ::std::string::String {
                        registry.create_output_type::<Self, _>(::async_graphql::registry::MetaTypeId::Object, |registry| {
                            let mut fields = ::rows::schema::Fields::new();
                            #(#entries)*
                            #enter
                            ::rows::schema::object(#name, #text, fields, ::std::any::type_name::<Self>())
                        })
                    }

                    // What `async_trait` makes of it, with the future of `rows` in place of one of its own.
                    fn resolve<'life0, 'life1, 'life2, 'life3, 'async_trait>(
                        &'life0 self,
                        ctx: &'life1 ::async_graphql::ContextSelectionSet<'life2>,
                        field: &'life3 ::async_graphql::Positioned<::async_graphql::parser::types::Field>,
                    ) -> ::rows::BoxFuture<'async_trait, ::async_graphql::ServerResult<::async_graphql::Value>>
                    where
                        'life0: 'async_trait, 'life1: 'async_trait, 'life2: 'async_trait, 'life3: 'async_trait, Self: 'async_trait,
                    {
                        ::rows::resolve(self, <Self as ::rows::Plain>::plan, ctx, field)
                    }
                }

                #container {
                    fn resolve_field<'life0, 'life1, 'life2, 'async_trait>(
                        &'life0 self,
                        ctx: &'life1 ::async_graphql::Context<'life2>,
                    ) -> ::rows::BoxFuture<'async_trait, ::async_graphql::ServerResult<::std::option::Option<::async_graphql::Value>>>
                    where
                        'life0: 'async_trait, 'life1: 'async_trait, 'life2: 'async_trait, Self: 'async_trait,
                    {
                        ::rows::resolve_field(self, &SHAPE, ctx)
                    }
                }

                #object {}
            };
        })
    }
}
