fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> (Vector<10>, Vector<4>) {
        flatten;
        ({ linear(10) }, { linear(4) }, _)
    }
);

//~ fix (change the tuple): , _) => )
//~ fix (declare `-> (…, …, …)`): Vector<4>) => Vector<4>, Vector<64>)
