fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 8, 8>) -> (Vector<10>, Vector<4>) {
        flatten;
        ({ linear(10) }, { linear(5) })
    }
);

//~ fix (declare `Vector<5>`): Vector<4>) => Vector<5>)
//~ fix (change the last layers): linear(5) => linear(4)
