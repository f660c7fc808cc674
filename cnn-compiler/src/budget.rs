//! Holds networks against their budgets.
//!
//! Parameters, multiply-adds and receptive fields follow from the graph, and are checked here. How much scratch memory a
//! kernel needs only the runtime knows, so [`emit`](crate::emit) has rustc check the bytes, in the same words.

use crate::diagnostics::{Diagnostics, Message, grouped};
use crate::elaborate::{Bound, Declared};
use crate::graph::{Field, Graph, Layer};
use crate::syntax::ast::{Fact, Relation};

/// How many layers a message names.
pub const LISTED: usize = 3;

/// Reports each limit that a whole network breaks.
pub fn check(declared: &Declared<'_>, errors: &Diagnostics) {
    if !declared.graph.is_whole() {
        return;
    }
    let anchor = errors.enter(declared.name.span());
    for bound in &declared.budget {
        let (name, graph) = (declared.name.to_string(), &declared.graph);
        let mut broken =
            numbers(graph, bound.fact).into_iter().filter_map(|number| message(&name, bound, &number, graph));
        if let Some(message) = broken.next() {
            errors.error(bound.tokens, message);
        }
    }
    errors.restore(anchor);
}

/// One of the numbers that a limit is for.
struct Number {
    unit: &'static str,
    value: usize,
    /// What each layer adds to it.
    costs: Vec<usize>,
}

/// The numbers of which each must keep to a limit; none where rustc checks.
fn numbers(graph: &Graph, fact: Fact) -> Vec<Number> {
    let unit = unit(fact);
    let of_layers = |cost: fn(&Layer) -> usize| graph.layers.iter().map(cost).collect();
    match fact {
        Fact::Params => vec![Number { unit, value: graph.parameters(), costs: of_layers(Layer::parameters) }],
        Fact::Macs => vec![Number { unit, value: graph.macs(), costs: of_layers(Layer::macs) }],
        Fact::ReceptiveField => {
            let axes = [(0, unit), (1, "columns of its input")];
            let of_output = |field: Field| {
                axes.map(|(axis, unit)| Number {
                    unit,
                    value: field.size[axis],
                    costs: widenings(graph, axis),
                })
            };
            graph.outputs.iter().flat_map(|output| of_output(graph.field(*output))).collect()
        }
        Fact::InferenceBytes | Fact::TrainingBytes => Vec::new(),
    }
}

/// By how much each layer widens the field of what it reads.
fn widenings(graph: &Graph, axis: usize) -> Vec<usize> {
    let read = |layer: &Layer| layer.inputs.iter().map(|input| graph.field(*input).size[axis]).max();
    graph.layers.iter().map(|layer| layer.field.size[axis] - read(layer).unwrap_or(0)).collect()
}

fn unit(fact: Fact) -> &'static str {
    match fact {
        Fact::Params => "parameters",
        Fact::Macs => "multiply-adds for one image",
        Fact::InferenceBytes => "bytes for inference on one image",
        Fact::TrainingBytes => "bytes for training on one image",
        Fact::ReceptiveField => "rows of its input",
    }
}

/// By how much a number breaks a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// It is too large.
    Many,
    /// It is too small.
    Few,
}

impl Excess {
    /// Whether and how a number breaks a limit, and by how much.
    fn of(number: usize, bound: &Bound<'_>) -> Option<(Self, usize)> {
        let (least, most) = bound.range();
        if number > most {
            Some((Self::Many, number - most))
        } else if number < least {
            Some((Self::Few, least - number))
        } else {
            None
        }
    }
}

/// The text of a message, around its numbers.
#[derive(Debug)]
pub struct Words {
    /// Before the number.
    pub subject: String,
    /// Between it and by how much it breaks the limit.
    pub unit: String,
    /// Behind that.
    pub budget: String,
    /// Before the layers that cost most.
    pub heading: &'static str,
    /// Before the number again, with which the limit would hold.
    pub help: String,
}

impl Words {
    /// The words for a limit that rustc checks, since it is one of bytes.
    pub fn for_bytes(network: &str, bound: &Bound<'_>, excess: Excess) -> Self {
        Self::new(network, bound, unit(bound.fact), excess)
    }

    fn new(network: &str, bound: &Bound<'_>, unit: &str, excess: Excess) -> Self {
        let verb = match bound.fact {
            Fact::Params => "has",
            Fact::Macs | Fact::InferenceBytes | Fact::TrainingBytes => "takes",
            Fact::ReceptiveField => "sees",
        };
        let (relation, mended) = match bound.relation {
            Relation::AtMost => ("at most", "<="),
            Relation::LessThan => ("less than", "<="),
            Relation::AtLeast => ("at least", ">="),
            Relation::MoreThan => ("more than", ">="),
            Relation::Exactly => ("exactly", "=="),
        };
        let heading = match bound.fact {
            Fact::Params | Fact::Macs => "most of them:",
            Fact::InferenceBytes | Fact::TrainingBytes => "largest parts:",
            Fact::ReceptiveField => "widest steps:",
        };
        let advice = match (bound.fact, excess) {
            (Fact::ReceptiveField, Excess::Many) => "use smaller kernels, strides and dilations",
            (Fact::ReceptiveField, Excess::Few) => "use larger kernels, strides or dilations",
            (_, Excess::Many) => "make these layers smaller",
            (_, Excess::Few) => "make layers larger",
        };
        let too = match excess {
            Excess::Many => "many",
            Excess::Few => "few",
        };
        Self {
            subject: format!("`{network}` {verb} "),
            unit: format!(" {unit}, "),
            budget: format!(" too {too} for its budget of {relation} {}", grouped(bound.limit, ',')),
            heading,
            help: format!("help: {advice}, or write `{} {mended} ", bound.fact.name()),
        }
    }
}

/// What a message calls a layer.
pub fn label(layer: &Layer) -> String {
    format!("`{}` {}", layer.path, layer.text)
}

/// What is wrong, and the layers that cost most.
fn message(network: &str, bound: &Bound<'_>, number: &Number, graph: &Graph) -> Option<Message> {
    let Number { unit, value, costs } = number;
    let (excess, by) = Excess::of(*value, bound)?;
    let Words { subject, unit, budget, heading, help } = Words::new(network, bound, unit, excess);
    let mut message =
        Message::new(format_args!("{subject}{}{unit}{}{budget}", grouped(*value, ','), grouped(by, ',')));
    let mut layers: Vec<(&Layer, usize)> = graph.layers.iter().zip(costs.iter().copied()).collect();
    layers.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    layers.retain(|(_, cost)| *cost > 0);
    for (i, (layer, cost)) in layers.into_iter().take(LISTED).enumerate() {
        let (width, heading) = (heading.len(), if i == 0 { heading } else { "" });
        message = message.line(format_args!("{heading:width$} {}: {}", label(layer), grouped(cost, ',')));
    }
    Some(message.line(format_args!("{help}{}`", grouped(*value, '_'))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use proc_macro2::TokenStream;
    use quote::quote;

    /// What is wrong with the budget of a LeNet.
    fn broken(budget: &TokenStream) -> Option<String> {
        let lenet = fixtures::lenet();
        all_broken(quote!(#[budget(#budget)] #lenet)).into_iter().next()
    }

    fn all_broken(program: TokenStream) -> Vec<String> {
        fixtures::errors_of(program, check)
    }

    #[test]
    fn each_relation_holds_where_it_should() {
        for limit in [quote!(params <= 61_706), quote!(params < 61_707), quote!(params == 61_706)] {
            assert_eq!(broken(&limit), None);
        }
        for limit in [quote!(params >= 61_706), quote!(params > 61_705), quote!(macs <= 416 * 1000 + 520)] {
            assert_eq!(broken(&limit), None);
        }
        for (limit, by) in [
            (quote!(params <= 61_705), "1 too many for its budget of at most 61,705"),
            (quote!(params < 61_706), "1 too many for its budget of less than 61,706"),
            (quote!(params == 61_700), "6 too many for its budget of exactly 61,700"),
            (quote!(params == 70_000), "8,294 too few for its budget of exactly 70,000"),
            (quote!(params >= 61_707), "1 too few for its budget of at least 61,707"),
            (quote!(params > 61_706), "1 too few for its budget of more than 61,706"),
        ] {
            let message = broken(&limit).expect("this limit is broken");
            let expected = format!("`LeNet` has 61,706 parameters, {by}");
            assert_eq!(message.lines().next(), Some(&*expected));
        }
    }

    #[test]
    fn a_message_names_the_layers_that_cost_most() {
        let expected = "`LeNet` has 61,706 parameters, 1,706 too many for its budget of at most 60,000\n\
                        most of them: `7` linear(120): 48,120\n              `9` linear(84): 10,164\n              \
                        `3` conv2d(16, kernel_size = 5): 2,416\n\
                        help: make these layers smaller, or write `params <= 61_706`";
        assert_eq!(broken(&quote!(params <= 60_000)).as_deref(), Some(expected));
    }

    #[test]
    fn a_receptive_field_is_that_of_the_output_on_each_axis() {
        assert_eq!(broken(&quote!(receptive_field == 32)), None);
        let message = broken(&quote!(receptive_field >= 40)).expect("this limit is broken");
        let first = "`LeNet` sees 32 rows of its input, 8 too few for its budget of at least 40";
        assert_eq!(message.lines().next(), Some(first));
        assert!(message.contains("widest steps: `7` linear(120): 16\n"), "{message}");
    }

    #[test]
    fn columns_and_every_output_keep_to_it_too() {
        let program = |limit: TokenStream| {
            quote! {
                #[budget(receptive_field #limit)]
                pub fn Two(image: Image<1, 9, 9>) -> (Image<1, 9, 7>, Image<1, 9, 5>) {
                    ({ conv2d(1, kernel_size = (3, 3), padding = (1, 0)) }, { conv2d(1, kernel_size = (3, 5), padding = (1, 0)) })
                }
            }
        };
        let message = |limit| all_broken(program(limit));
        assert_eq!(message(quote!(>= 3)), Vec::<String>::new());
        assert!(message(quote!(<= 4))[0].starts_with("`Two` sees 5 columns of its input, 1 too many"));
    }
}
