fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        add(1, { relu });
        flatten;
        linear(10)
    }
);

//~ fix (put the layers of a branch in braces): add(1, => add({ tanh },
