use crate::fixtures::{Tested, graph, random};

/// The graph of a random program is what its statements mean, told a second time.
#[test]
fn graphs_are_what_programs_mean() {
    for program in random::PROGRAMS.iter() {
        let source = program.source("Net");
        let _tested = Tested(&source);
        let graph = graph(program.tokens());
        let layers = graph.layers.iter().map(|layer| (layer.op.clone(), layer.inputs.clone()));
        assert_eq!(layers.collect::<Vec<_>>(), program.layers);
        let outputs = graph.outputs.iter().map(|node| (*node, graph.shape(*node)));
        assert_eq!(outputs.collect::<Vec<_>>(), program.outputs);
    }
}
