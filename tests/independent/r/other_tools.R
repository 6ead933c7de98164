# What R's own tools say about the vectors of the tests, where they are right and where they are not; the output stands
# beside it.  Run:  Rscript other_tools.R > other_tools.txt
suppressMessages({library(coin); library(exactRankTests); library(rpact)})
version <- function(name) paste(name, as.character(packageVersion(name)))
cat("#", R.version.string, version("coin"), version("exactRankTests"), version("rpact"), "\n")
show <- function(name, value) cat(name, format(as.numeric(value), digits = 15), "\n")
refused <- function(name, call) cat("!", name, tryCatch({call; "no error"}, error = function(e) conditionMessage(e)), "\n")

treated <- c(0.5845198842, -4.1229069251, -4.4323184254, -7.6641953475, -0.8787992736, -5.7240282270, 5.0177320479,
  2.6089999842, -2.2165615691, -1.7143290425, -6.9712478371, -3.1792289272, -9.6566778929, -6.3936223535, -5.5434675051)
control <- c(-0.4619571048, 7.8508132202, -0.7324837419, -1.7427339200, -1.0271671188, 1.8706030646, -1.9073782113,
  1.5885636150, -3.1345062649, 1.6071909275, 2.6073748089, 2.7469405733, 3.6487643836, -6.3049461324, 0.5714946864)
arm <- factor(rep(c("t", "c"), each = 15), levels = c("t", "c"))
for (decimals in c(1:6, 10)) {
  x <- round(treated, decimals); y <- round(control, decimals)
  p <- pvalue(oneway_test(v ~ z, data.frame(v = c(x, y), z = arm), distribution = "exact"))
  show(paste0("coin_count_", decimals), p * choose(30, 15))
  show(paste0("exact_rank_tests_", decimals), perm.test(x, y, exact = TRUE)$p.value)
}
refused("coin_shift", oneway_test(v ~ z, data.frame(v = c(treated, control), z = arm),
                                  distribution = exact(algorithm = "shift")))
outcome <- c(3.5,11.0,9.2,6.5,5.1,8.5,7.5,8.2,4.7,10.4,3.1,5.4,7.7,9.8,12.2,12.9,6.6,11.3,11.0,8.2,11.6,13.7,13.5,10.9,
             12.2,5.8,12.3,13.3) + (1:28)^3 %% 101 * 1e-10
first <- c(1,0,1,0,0,1,0,1,1,0,1,0,1,0,0,1,1,0,0,1,0,0,1,1,0,1,0,1)
refused("coin_blocks", oneway_test(v ~ z | b, data.frame(v = outcome, z = factor(first), b = factor(rep(1:7, each = 4))),
                                   distribution = "exact"))

endpoints <- matrix(c(
  -0.904,.761,-0.303,2.247,-0.092,-0.448,.953,-0.874,-0.346,-0.037,.198,.020,.845,-1.003,-1.903,.655,-0.180,.604,
  -1.200,2.213,2.215,.355,-0.594,-0.097,-0.838,1.469,.927,-0.924,-1.229,-0.257,-1.402,.631,1.432,.338,2.039,-0.430,
  .024,.852,-0.741,.894,1.842,.305,.439,.811,-0.213,-0.443,-0.628,.487,-1.141,-1.599,1.844,-1.284,-0.780,.674,-0.336,
  .110,-0.409,.497,-0.321,-2.354,.344,.920,-1.515,-1.852,.881,-0.886,1.991,-2.284,.740,.557,-0.666,1.610,.119,.520,
  -0.175,-1.483,.388,-1.312,1.650,.480,-0.542,-0.024,-0.682,.804,.147,-0.975,-0.272,2.896,-0.987,-0.225,-0.600,-0.133,
  -1.068,.066,-0.532,1.443,-0.501,.260,-0.243,.291,-2.025,-0.470,1.566,-0.459,.298,-0.268,1.484,.136,1.788,1.157,.379,
  .244,.570,-0.677,-1.476,1.828,-0.287,.050,1.503,-1.500,-0.177,.451,1.317,-1.365,.312,-0.369,-0.516,-0.051,-0.350,
  .128,-0.210,1.135,.244,-0.384,.643,.505,-0.168,-0.196,-0.124,1.480,1.270,-0.081,.606,-1.122,-0.110,1.482,-1.108,
  -0.013,.726,.209,-0.095,-0.362,.205,.727,-0.679,-0.197,1.929,-0.667,1.256,.831,1.548,-0.936,.467,1.042,.522,-0.443,
  -0.426,.009,-0.731,-0.174,-0.093,.496,.222,.131,-1.008,.150,-1.153,-1.699,-0.629,-0.851,.824,1.408,-0.971,-0.895,
  .825,2.172,-0.870,1.611,-0.201,-0.834,-2.057,-2.142,-0.269,-2.564,-1.753,-1.642,.859,-0.829,.609,-0.005,.113,-0.093,
  -1.088,.614,.619,.809,.203,-1.247,-1.258,-0.189), ncol = 7, byrow = TRUE)
set.seed(1)
sampled <- independence_test(endpoints ~ arm, distribution = approximate(nresample = 1e6), teststat = "max")
adjusted <- as.numeric(pvalue(sampled, method = "single-step"))
for (j in 1:7) show(paste0("coin_max_t_", j - 1), adjusted[j])

rotarod <- c(22,300,75,271,300,18,300,300,163,300,300,300)
show("rotarod", wilcox.exact(rotarod, rep(300, 12))$p.value)
show("rotarod_asymptotic", pvalue(wilcox_test(v ~ z, data.frame(v = c(rotarod, rep(300, 12)),
                                                              z = factor(rep(1:2, each = 12))))))
b1 <- c(8,10,8,6,4,4,2,5,4,3,8,5,3,7,3); b0 <- c(4,8,7,9,15,5,6,6,8,6,7,7,10,8,3)
show("b_ranks", wilcox.exact(b1, b0)$p.value); show("b_means", perm.test(b1, b0, exact = TRUE)$p.value)
globulin <- perm.test(c(38,26,29,41,36,31,32,30,35,33), c(45,28,27,38,40,42,39,39,34,35), exact = TRUE, conf.int = TRUE)
show("globulin", globulin$p.value); show("globulin_lower", globulin$conf.int[1]); show("globulin_upper", globulin$conf.int[2])

show("size_r", power.t.test(delta = 0.5, sd = 1, power = 0.8)$n)
show("size_r_strict", power.t.test(delta = 0.5, sd = 1, power = 0.8, strict = TRUE, tol = 1e-12)$n)
show("power_r_paired", power.t.test(n = 15, delta = 0.8, sd = 1, type = "paired", strict = TRUE)$power)
both <- getSampleSizeMeans(alternative = 0.5, stDev = 1, sided = 2, alpha = 0.05, beta = 0.2)$numberOfSubjects
show("size_rpact", as.numeric(both) / 2)
