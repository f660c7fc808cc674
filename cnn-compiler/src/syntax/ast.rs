//! The tree that the parser makes: every part keeps its tokens, so that errors can point at them.
//!
//! Expressions, patterns and types stay syn's: they are Rust's, and only their evaluation is ours.

use proc_macro2::{Ident, TokenStream};

/// Everything in one `network!( … )` or `block!( … )`.
#[derive(Debug, Default)]
pub struct Program {
    /// Blocks and networks from elsewhere.
    pub imports: Vec<Import>,
    /// Functions with `->`.
    pub networks: Vec<Network>,
    /// Functions without.
    pub blocks: Vec<Block>,
    /// `type Name = Network<…>;`
    pub instances: Vec<Instance>,
    /// Constants, usable in the program and outside.
    pub consts: Vec<syn::ItemConst>,
    /// What could not be parsed but has the name of a type, so that a stub can stand for it.
    pub broken: Vec<Broken>,
    /// The same of blocks: their visibility and name.
    pub broken_blocks: Vec<(syn::Visibility, Ident)>,
}

/// A block or network from elsewhere.
#[derive(Debug)]
pub struct Import {
    /// What it is called here.
    pub alias: Ident,
    /// What it is called in its program.
    pub name: Ident,
    /// The program that declares it; `None` if that has errors of its own, reported where it stands.
    pub program: Option<Program>,
}

/// A type that has an error in its declaration.
#[derive(Debug)]
pub struct Broken {
    /// How visible it would have been.
    pub vis: syn::Visibility,
    /// Its name.
    pub name: Ident,
    /// The types of its input and outputs, where they could be read.
    pub tensors: Option<(Tensor, Vec<Tensor>)>,
}

/// How exact sums are; the runtime's type of this name says what that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// As the definition has them.
    Exact,
    /// As exact as that.
    F2,
    /// As fast as possible.
    Fast,
}

/// What the attributes of a network or an instance say.
#[derive(Debug, Default)]
pub struct Attributes {
    /// How exact its sums are; of an instance that says nothing, what its network says.
    pub policy: Option<Policy>,
    /// What it must keep to; an instance, to its network's limits too.
    pub budget: Vec<Limit>,
    /// The file of its weights; what its network says of those is not for an instance.
    pub weights: Option<syn::LitStr>,
    /// Documentation, and what is rustc's business.
    pub others: Vec<syn::Attribute>,
}

/// One limit of a budget: `params <= 62_000`.
#[derive(Debug)]
pub struct Limit {
    /// All of it, for errors.
    pub tokens: TokenStream,
    /// What is limited.
    pub fact: Fact,
    /// How.
    pub relation: Relation,
    /// To what.
    pub value: syn::Expr,
}

/// What a budget limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Numbers that are learned.
    Params,
    /// Multiply-adds for one image.
    Macs,
    /// Working memory of inference, one image on one thread.
    InferenceBytes,
    /// Working memory of training, one image on one thread.
    TrainingBytes,
    /// Rows, and columns, of the input that one number of any output depends on.
    ReceptiveField,
}

impl Fact {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Params, Self::Macs, Self::InferenceBytes, Self::TrainingBytes, Self::ReceptiveField];

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Params => "params",
            Self::Macs => "macs",
            Self::InferenceBytes => "inference_bytes",
            Self::TrainingBytes => "training_bytes",
            Self::ReceptiveField => "receptive_field",
        }
    }
}

/// How a number stands to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `<=`
    AtMost,
    /// `<`
    LessThan,
    /// `>=`
    AtLeast,
    /// `>`
    MoreThan,
    /// `==`
    Exactly,
}

/// `pub fn LeNet(image: Image<1, 28, 28>) -> Vector<10> { … }`
#[derive(Debug)]
pub struct Network {
    /// What its attributes say.
    pub attrs: Attributes,
    /// Visibility.
    pub vis: syn::Visibility,
    /// Its name.
    pub name: Ident,
    /// Constant parameters.
    pub params: Vec<syn::ConstParam>,
    /// The name of the tensor that goes in.
    pub input_name: Ident,
    /// Its type.
    pub input: Tensor,
    /// The types of what comes out: one, or several in the order of the tuple.
    pub outputs: Vec<Tensor>,
    /// Its layers.
    pub body: Body,
    /// The tuple of several outputs at the end of its body.
    pub results: Option<Results>,
}

/// `(class, { linear(4) })`: what a network with several outputs gives.
#[derive(Debug)]
pub struct Results {
    /// The tuple, for errors.
    pub tokens: TokenStream,
    /// One for each output.
    pub branches: Vec<Branch>,
}

impl Network {
    /// Whether others may declare instances of it: it has parameters, and can be seen.
    pub fn is_reusable(&self) -> bool {
        !self.params.is_empty() && !matches!(self.vis, syn::Visibility::Inherited)
    }
}

/// `Image<C, H, W>` or `Vector<N>`
#[derive(Debug)]
pub struct Tensor {
    /// The whole type, for errors.
    pub tokens: TokenStream,
    /// Three expressions for an image, one for a vector.
    pub dims: Vec<syn::Expr>,
}

/// `fn vgg_block(convs: usize, channels: usize) { … }`
#[derive(Debug)]
pub struct Block {
    /// Visibility, of a block that stands in `block!`.
    pub vis: syn::Visibility,
    /// Its name.
    pub name: Ident,
    /// Its parameters.
    pub params: Vec<(syn::Pat, syn::Type)>,
    /// Its layers.
    pub body: Body,
}

/// `pub type Vgg11 = Vgg<{ … }>;`
#[derive(Debug)]
pub struct Instance {
    /// What its attributes say.
    pub attrs: Attributes,
    /// Visibility.
    pub vis: syn::Visibility,
    /// Its name.
    pub name: Ident,
    /// The network that it is an instance of.
    pub network: Ident,
    /// Values for the network's constant parameters.
    pub args: Vec<syn::Expr>,
}

/// Statements in braces.
#[derive(Debug, Default)]
pub struct Body {
    /// In order.
    pub stmts: Vec<Stmt>,
}

/// One statement.
#[derive(Debug)]
pub enum Stmt {
    /// `relu;` or `let conv1 = conv2d(…);`
    Step(Option<Name>, Step),
    /// `let x;` names the tensor that stands here.
    Tap(Ident),
    /// `for pat in values { … }`
    For(Box<For>),
    /// `if condition { … } else { … }`
    If(Box<If>),
}

/// What a layer or block call is called.
#[derive(Debug)]
pub enum Name {
    /// `let conv1 = …`: names the tensor that comes out as well.
    Let(Ident),
    /// `#[name("layer{}", i + 1)]`: a name for each turn of a loop.
    Format(Format),
}

/// `"layer{}", i + 1`
#[derive(Debug)]
pub struct Format {
    /// The text, in which each `{}` stands for a value.
    pub text: syn::LitStr,
    /// The values.
    pub args: Vec<syn::Expr>,
}

/// A loop.
#[derive(Debug)]
pub struct For {
    /// What each value is bound to.
    pub pat: syn::Pat,
    /// A range or an array.
    pub values: syn::Expr,
    /// What is repeated.
    pub body: Body,
}

/// A choice.
#[derive(Debug)]
pub struct If {
    /// What decides.
    pub condition: syn::Expr,
    /// If so.
    pub then: Body,
    /// If not.
    pub otherwise: Body,
}

/// One layer, block call or join.
#[derive(Debug)]
pub enum Step {
    /// `conv2d(6, kernel_size = 5)`, `vgg_block(2, 64)`, `relu`
    Call(Call),
    /// `concat(…)` or `add(…)`
    Join(Join),
}

/// A layer or block by name.
#[derive(Debug)]
pub struct Call {
    /// The name.
    pub name: Ident,
    /// The arguments.
    pub args: Vec<Arg>,
}

/// `5` or `kernel_size = 5`
#[derive(Debug)]
pub struct Arg {
    /// The name, if given.
    pub name: Option<Ident>,
    /// The value.
    pub value: syn::Expr,
}

/// How branches come together again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Channels side by side.
    Concat,
    /// Their sum.
    Add,
}

impl JoinKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Concat, Self::Add];

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Concat => "concat",
            Self::Add => "add",
        }
    }

    /// The one of this name.
    pub fn find(name: &Ident) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| name == kind.name())
    }
}

/// Several branches that come together again.
#[derive(Debug)]
pub struct Join {
    /// `concat` or `add`.
    pub kind: JoinKind,
    /// Its token.
    pub name: Ident,
    /// What is joined.
    pub branches: Vec<Branch>,
}

/// One part of a join.
#[derive(Debug)]
pub enum Branch {
    /// `{ … }`: layers that start from the tensor that stands here.
    Body(Body),
    /// A tensor with a name.
    Tap(Ident),
    /// `_`: the tensor that stands here.
    Current,
}
