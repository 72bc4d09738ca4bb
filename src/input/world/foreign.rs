//! Tables of statistical offices in the place of a table of the world, recognised by their header.

/// A format, the columns by which it is known (in lower case), and how it becomes a table of the world.
struct ForeignFormat {
    name: &'static str,
    known_by: &'static [&'static str],
    help: &'static str,
}

const FORMATS: [ForeignFormat; 6] = [
    ForeignFormat {
        name: "UN Comtrade",
        known_by: &["reporteriso", "partneriso", "flowcode", "cmdcode", "primaryvalue"],
        help: "map it: reporterISO and partnerISO are reporter and partner (as ids of the world), flowCode X is export and M \
               import, cmdCode is the commodity, period the month (as 2022-03), primaryValue the value in usd, netWgt / \
               1000 the value in t",
    },
    ForeignFormat {
        name: "UN Comtrade",
        known_by: &[
            "reporter",
            "partner",
            "trade flow",
            "commodity code",
            "trade value (us$)",
        ],
        help: "map it: Reporter and Partner are ids of the world, Trade Flow is export or import, Commodity Code the \
               commodity, Period the month (as 2022-03), Trade Value the value in usd",
    },
    ForeignFormat {
        name: "Eurostat Comext (SDMX-CSV)",
        known_by: &[
            "dataflow",
            "freq",
            "reporter",
            "partner",
            "product",
            "flow",
            "time_period",
            "obs_value",
        ],
        help: "map it: reporter and partner are ids of the world, product is the commodity, flow 1 is import and 2 export, \
               TIME_PERIOD the month, OBS_VALUE the value: VALUE_IN_EUROS at the rate of the month in usd, \
               QUANTITY_IN_100KG / 10 in t",
    },
    ForeignFormat {
        name: "Eurostat (easy Comext)",
        known_by: &["reporter", "partner", "product", "flow", "period", "value_in_euros"],
        help: "map it: REPORTER and PARTNER are ids of the world, PRODUCT is the commodity, FLOW 1 is import and 2 export, \
               PERIOD 202203 is 2022-03, VALUE_IN_EUROS at the rate of the month the value in usd, \
               QUANTITY_IN_100KG / 10 that in t",
    },
    ForeignFormat {
        name: "CEPII BACI",
        known_by: &["t", "i", "j", "k", "v", "q"],
        help: "map it: i is the exporter and j the importer (codes of countries), k the commodity, v thousand dollars, q \
               tonnes; it is by year, t, so divide by 12 for a month",
    },
    ForeignFormat {
        name: "IAMC",
        known_by: &["model", "scenario", "region", "variable", "unit"],
        help: "it has a column for each year: write one row for each value, with the columns of this table",
    },
];

/// The foreign format that a header is of, and how to map it; none if it is of none. Separators do not matter.
pub(super) fn recognised(header: &str) -> Option<(&'static str, &'static str)> {
    let lower = header.to_lowercase();
    let cells: Vec<&str> = lower
        .split([',', ';', '\t'])
        .map(|cell| cell.trim().trim_matches('"').trim())
        .collect();
    let format = FORMATS
        .iter()
        .find(|format| format.known_by.iter().all(|column| cells.contains(column)))?;
    Some((format.name, format.help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_offices_are_recognised_and_our_own_are_not() {
        let name = |header| recognised(header).map(|(name, _)| name);
        assert_eq!(
            name("typeCode,freqCode,refYear,period,reporterISO,flowCode,partnerISO,cmdCode,netWgt,primaryValue"),
            Some("UN Comtrade")
        );
        assert_eq!(
            name("DATAFLOW;LAST UPDATE;freq;reporter;partner;product;flow;indicators;TIME_PERIOD;OBS_VALUE;OBS_FLAG"),
            Some("Eurostat Comext (SDMX-CSV)")
        );
        assert_eq!(
            name("REPORTER,PARTNER,PRODUCT,FLOW,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_100KG"),
            Some("Eurostat (easy Comext)")
        );
        assert_eq!(name("t,i,j,k,v,q"), Some("CEPII BACI"));
        assert_eq!(name("Model,Scenario,Region,Variable,Unit,2010,2020"), Some("IAMC"));
        assert_eq!(name("reporter,partner,flow,commodity,month,value,unit,source"), None);
    }
}
