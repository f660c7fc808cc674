fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> (Vector<10>,) {
        flatten;
        linear(10)
    }
);

//~ fix: -> (Vector<10>,) => -> Vector<10>
