fn main() {
    let _ = (Small::new(1), Large::new(1));
}

cnn::network!(
    #[budget(params <= 1_000 * CLASSES)]
    pub fn Net<const HIDDEN: usize, const CLASSES: usize = 10>(x: Vector<64>) -> Vector<CLASSES> {
        linear(HIDDEN);
        relu;
        linear(CLASSES)
    }

    #[budget(params > 2_000)]
    pub type Small = Net<16>;

    pub type Large = Net<256>;
);
