//! Values for templates: structs whose fields a template reads by name.

/// Declares a struct of template values. A field that has nothing to say is [`none`], which is false in a
/// template, so that a misspelt field is an error and an empty one is not.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub(in crate::site) struct $name {
            $($(#[$doc])* pub(in crate::site) $field: minijinja::Value),*
        }

        impl minijinja::value::Object for $name {
            fn get_value(self: &std::sync::Arc<Self>, key: &minijinja::Value) -> Option<minijinja::Value> {
                self.get_value_by_str(key.as_str()?)
            }

            fn get_value_by_str(self: &std::sync::Arc<Self>, key: &str) -> Option<minijinja::Value> {
                match key {
                    $(stringify!($field) => Some(self.$field.clone()),)*
                    _ => None,
                }
            }

            fn enumerate(self: &std::sync::Arc<Self>) -> minijinja::value::Enumerator {
                minijinja::value::Enumerator::Str(&[$(stringify!($field)),*])
            }
        }

        impl From<$name> for minijinja::Value {
            fn from(record: $name) -> Self {
                Self::from_object(record)
            }
        }
    };
}
pub(super) use record;

use minijinja::Value;

/// Returns the value that stands for nothing.
pub(super) fn none() -> Value {
    Value::from(())
}

/// Returns the value, or the one that stands for nothing.
pub(super) fn maybe(value: Option<impl Into<Value>>) -> Value {
    value.map_or_else(none, Into::into)
}

/// Returns a list for a template.
pub(super) fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::from(items.into_iter().map(Into::into).collect::<Vec<Value>>())
}

record! {
    /// A thing to go to.
    Link {
        text,
        /// The identifier, when the text is another.
        id,
        href,
        icon,
        /// A few words beside it.
        note,
    }
}
