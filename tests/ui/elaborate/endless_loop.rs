fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        for _ in 0..1000000000000 {
            relu;
        }
        flatten;
        linear(10)
    }
);

//~ fix (let it run less often): 0..1000000000000 => 0..10
