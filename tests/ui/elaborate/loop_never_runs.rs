fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        for _ in 0..0 {
            relu;
        }
        flatten;
        linear(10)
    }
);

//~ fix (remove it): for _ in 0..0 {\n            relu;\n        }\n =>
//~ fix (give it a value to run over): 0..0 => 0..1
