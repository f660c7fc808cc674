fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> (Vector<10>, Vector<4>) {
        flatten;
        linear(10)
    }
);

//~ fix (`({ linear(10) }, { linear(4) })`): linear(10)\n    } => ({ linear(10) }, { linear(4) })\n    }
